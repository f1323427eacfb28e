"""An address as a QR code, drawn without style or script; its meaning stands in words beside it."""

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """SVG to stand in a page; its class is « qr »."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        target,
        kind="svg",
        xmldecl=False,
        svgns=True,
        border=4,
        omitsize=True,
        svgclass="qr",
        lineclass=None,
        nl=False,
    )
    return mark_safe(target.getvalue().decode())  # noqa: S308 - drawn by us from an address of ours
