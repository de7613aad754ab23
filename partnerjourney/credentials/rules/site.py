"""The site for which a passkey is made: the host and the origin of the installation's address."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Site:
    """`rp_id` is the host, `origin` scheme, host and port, as a browser writes them."""

    rp_id: str
    origin: str


def site_of(base_url: str) -> Site | None:
    """Return the site of an address; None for a bare IP address, for which no passkey is made."""
    where = urlsplit(base_url)
    host = where.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        usual = {"https": 443, "http": 80}.get(where.scheme)
        port = "" if where.port in (None, usual) else f":{where.port}"
        return Site(host, f"{where.scheme}://{host}{port}")
    return None
