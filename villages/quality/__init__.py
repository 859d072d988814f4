"""数据质量 and 查漏: what contradicts itself or another ledger, and what is still missing (domain.md §2, §6.3 I87)."""

from villages.quality import branches, cadres, contacts, economy, gaps, households, training, villages

__all__ = ["branches", "cadres", "contacts", "economy", "gaps", "households", "training", "villages"]
