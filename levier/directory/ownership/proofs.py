"""Which addresses prove that one speaks for a supplier: those the lists give, and their own domain."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

# Mailboxes anybody may open, and sites that host the pages of others: such a domain proves nothing.
SHARED_DOMAINS = frozenset(
    {
        "gmail.com", "googlemail.com", "google.com", "outlook.com", "outlook.fr", "hotmail.com",
        "hotmail.fr", "live.com", "live.fr", "msn.com", "yahoo.com", "yahoo.fr", "ymail.com",
        "icloud.com", "me.com", "mac.com", "aol.com", "aol.fr", "gmx.com", "gmx.fr", "gmx.net",
        "proton.me", "protonmail.com", "pm.me", "tutanota.com", "mailo.com", "mailo.fr",
        "netcourrier.com", "laposte.net", "laposte.fr", "orange.fr", "wanadoo.fr", "free.fr",
        "sfr.fr", "neuf.fr", "cegetel.net", "9online.fr", "club-internet.fr", "numericable.fr",
        "noos.fr", "bbox.fr", "aliceadsl.fr", "voila.fr", "tiscali.fr", "caramail.com", "mail.com",
        "zoho.com", "yandex.com", "zaclys.net", "ecomail.fr", "nordnet.fr", "orange.nc", "mls.nc",
        "lagoon.nc", "can.nl", "mayottemail.fr", "only.fr", "izi-media.com", "sfr.re",
        "canalbox.re", "facebook.com", "instagram.com", "linkedin.com", "twitter.com", "x.com",
        "youtube.com", "tiktok.com", "helloasso.com", "pagesperso-orange.fr", "pagesjaunes.fr",
        "site-solocal.com", "business.site", "sites.google.com", "wixsite.com", "wix.com",
        "wordpress.com", "jimdo.com", "jimdofree.com", "e-monsite.com", "webnode.fr",
        "webnode.page", "over-blog.com", "blogspot.com", "weebly.com", "squarespace.com",
        "github.io", "canalblog.com", "tripod.com", "asso.fr", "gouv.fr", "com.fr",
        "exemple.invalid",  # the demonstration's people
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proofs:
    """Addresses a code may be sent to: exactly ``addresses``, or any one at one of ``domains``."""

    addresses: tuple[str, ...]
    domains: tuple[str, ...]

    def accepts(self, address: str) -> bool:
        """Whether a code sent to this address would prove something."""
        wanted = address.strip().lower()
        return wanted in self.addresses or domain_of_address(wanted) in self.domains


def proofs_from(emails: Iterable[str], websites: Iterable[str]) -> Proofs:
    """What the lists give of one supplier, as proofs. Never what its owner typed: that would prove itself."""
    addresses = tuple(dict.fromkeys(email.strip().lower() for email in emails if _is_address(email)))
    domains = [domain_of_address(address) for address in addresses]
    domains += [domain_of_website(website) for website in websites]
    return Proofs(addresses, tuple(dict.fromkeys(domain for domain in domains if is_own_domain(domain))))


def is_own_domain(domain: str) -> bool:
    """Whether a domain belongs to one organisation: neither shared itself, nor a page under a shared one."""
    parts = domain.split(".")
    if len(parts) < 2 or not all(parts):
        return False
    suffixes = {".".join(parts[start:]) for start in range(len(parts) - 1)}
    # « jardins.asso.fr » is somebody's own name; « asso.fr » alone, or « jardins.wixsite.com », is not.
    registries = {"asso.fr", "gouv.fr", "com.fr"}
    return not (suffixes - ({*registries} if domain not in registries else set())) & SHARED_DOMAINS


def domain_of_address(address: str) -> str:
    """What stands after the @, in small letters; empty when there is none."""
    name, _, domain = address.strip().lower().rpartition("@")
    return domain if name else ""


def domain_of_website(website: str) -> str:
    """The host of a site without « www. »; empty when it cannot be read."""
    text = website.strip().lower()
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def _is_address(text: str) -> bool:
    name, _, domain = text.strip().rpartition("@")
    return bool(name) and "." in domain and " " not in text.strip()
