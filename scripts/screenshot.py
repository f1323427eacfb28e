"""The picture of the README: a dossier of the demonstration, photographed on a site that runs.

levier serve --prepare --port 8000
python scripts/screenshot.py http://localhost:8000
"""

import argparse
import os
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "dossier.png"
NEED = "Rénovation d’une école à Roubaix, 1,5 M€ sur 18 mois"
LARGEST = 200_000


def photograph(site: str, chromium: str) -> int:
    """Ask the need, write the picture, return its size in bytes."""
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, locale="fr-FR")
        page.goto(site)
        page.get_by_label("Que voulez-vous acheter, et où ?").fill(NEED)
        page.get_by_role("button", name="Préparer mon achat").click()
        page.get_by_role("region", name="La réponse en trois lignes").wait_for()
        page.screenshot(path=PICTURE)
        browser.close()
    return PICTURE.stat().st_size


def main() -> None:
    """Refuses a picture too heavy for a README."""
    parser = argparse.ArgumentParser(description="Photographier un dossier pour le README.")
    parser.add_argument("site", help="adresse du site qui tourne, par exemple http://localhost:8000")
    parser.add_argument("--chromium", default=os.environ.get("LEVIER_CHROMIUM") or shutil.which("chromium"))
    options = parser.parse_args()
    if not options.chromium:
        raise SystemExit("Chromium est introuvable : donnez --chromium /chemin/vers/chromium.")
    size = photograph(options.site, options.chromium)
    if size > LARGEST:
        raise SystemExit(f"{PICTURE} pèse {size} octets : {LARGEST} au plus.")
    print(f"{PICTURE.name} : {size} octets")


if __name__ == "__main__":
    main()
