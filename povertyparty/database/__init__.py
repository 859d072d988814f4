"""PostgreSQL for the product: a server in the box that starts itself, or any server named by DATABASE_URL.

Two identities reach it: the owner, who migrates and grants, and the app, which owns nothing and sees placed rows
only through a role it takes for one transaction.
"""

from povertyparty.database.config import configure

__all__ = ["configure"]
