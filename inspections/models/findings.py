"""检视问题: what was found wrong, where it was said, and what kind of thing it is (domain.md §1.5, §3.1)."""

from django.db import models

from povertyparty.models import tracked
from villages.models import Local, labels


@tracked
class Finding(Local):
    scope_through = "items"

    class Category(models.TextChoices):
        STANDING = "P1", "政治站位不够高"
        RESPONSIBILITY = "P2", "主体责任落实不到位"
        TWO_SKINS = "P3", "党建与脱贫攻坚两张皮"
        PROJECTS = "P4", "项目带贫益贫效果不佳"
        PUBLICITY = "P5", "宣传教育引导不扎实"
        OTHER = "P9", "其他"

    Source = labels(
        "中央巡视",
        "自治区巡视",
        "市委巡察",
        "县委巡察",
        "主题教育检视",
        "政治体检自查",
        "民主生活会",
        "调研发现",
        "信访反映",
        "督查",
        "审计",
    )

    code = models.CharField("问题编号", max_length=40)
    source = models.CharField("问题来源", max_length=12, choices=Source, blank=True)
    category = models.CharField("问题类别", max_length=2, choices=Category, blank=True)
    text = models.TextField("反馈问题", max_length=2000)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "检视问题"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "code"],
                name="finding_code_once",
                violation_error_message="该问题编号在本县已登记",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.text[:30]}"
