import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("purchasing", "0007_open_lots"),
        ("reference", "0002_district_perimeters_legal_naf_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "notice_id",
                    models.CharField(max_length=60, unique=True, verbose_name="identifiant de l’avis"),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="version")),
                (
                    "form",
                    models.CharField(
                        choices=[("call", "Avis de marché"), ("award", "Avis d’attribution")],
                        max_length=5,
                        verbose_name="nature",
                    ),
                ),
                ("folder", models.CharField(blank=True, max_length=60, verbose_name="procédure")),
                (
                    "publication",
                    models.CharField(blank=True, max_length=40, verbose_name="numéro au journal officiel"),
                ),
                ("changes", models.CharField(blank=True, max_length=60, verbose_name="avis corrigé")),
                ("is_cancelled", models.BooleanField(default=False, verbose_name="annulation")),
                ("is_replaced", models.BooleanField(default=False, verbose_name="remplacé")),
                ("title", models.TextField(verbose_name="objet")),
                (
                    "reference",
                    models.CharField(blank=True, max_length=120, verbose_name="référence de l’acheteur"),
                ),
                ("buyer_name", models.CharField(max_length=255, verbose_name="acheteur")),
                (
                    "buyer_siren",
                    models.CharField(blank=True, max_length=9, verbose_name="SIREN de l’acheteur"),
                ),
                (
                    "buyer_siret",
                    models.CharField(blank=True, max_length=14, verbose_name="SIRET de l’acheteur"),
                ),
                (
                    "contact_name",
                    models.CharField(blank=True, max_length=160, verbose_name="service à contacter"),
                ),
                ("contact_phone", models.CharField(blank=True, max_length=40, verbose_name="téléphone")),
                ("contact_email", models.CharField(blank=True, max_length=254, verbose_name="courriel")),
                ("url", models.CharField(blank=True, max_length=500, verbose_name="adresse de l’avis")),
                (
                    "documents_url",
                    models.CharField(blank=True, max_length=500, verbose_name="adresse des documents"),
                ),
                ("published_on", models.DateField(verbose_name="publié le")),
                ("source", models.CharField(max_length=60, verbose_name="source")),
                ("is_demo", models.BooleanField(default=False, verbose_name="démonstration")),
                ("content_hash", models.CharField(max_length=32, verbose_name="empreinte du contenu")),
                (
                    "first_seen",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="vu la première fois le",
                    ),
                ),
            ],
            options={
                "verbose_name": "avis de marché",
                "verbose_name_plural": "avis de marché",
                "indexes": [
                    models.Index(fields=["folder"], name="purchasing_notice_folder"),
                    models.Index(
                        condition=models.Q(("changes", ""), _negated=True),
                        fields=["changes"],
                        name="purchasing_notice_changes",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("buyer_siret", ""),
                            ("buyer_siret__startswith", models.F("buyer_siren")),
                            _connector="OR",
                        ),
                        name="purchasing_notice_siret_of_siren",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeLot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="numéro")),
                ("title", models.TextField(verbose_name="intitulé")),
                ("cpv", models.CharField(blank=True, max_length=8, verbose_name="code CPV")),
                (
                    "departements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3), size=None, verbose_name="départements"
                    ),
                ),
                ("has_place", models.BooleanField(default=True, verbose_name="lieu dit par l’avis")),
                ("deadline", models.DateTimeField(null=True, verbose_name="à remettre avant le")),
                (
                    "reservation",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Ouvert à tous"),
                            ("inclusive", "Réservé au handicap ou à l’insertion"),
                            ("ess", "Réservé à l’économie sociale et solidaire"),
                            ("execution", "Exécution réservée au travail protégé"),
                        ],
                        max_length=9,
                        verbose_name="réservé",
                    ),
                ),
                (
                    "reserved_kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10),
                        default=list,
                        size=None,
                        verbose_name="réservé à",
                    ),
                ),
                (
                    "reserved_to",
                    models.CharField(blank=True, max_length=120, verbose_name="réservé, en mots"),
                ),
                (
                    "reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None, verbose_name="pourquoi clausé"
                    ),
                ),
                (
                    "hours",
                    models.DecimalField(decimal_places=2, max_digits=9, null=True, verbose_name="heures"),
                ),
                ("is_closed", models.BooleanField(default=False, verbose_name="clos")),
                (
                    "amount_ht",
                    models.DecimalField(
                        decimal_places=2, max_digits=14, null=True, verbose_name="montant HT (€)"
                    ),
                ),
                ("awarded_on", models.DateField(null=True, verbose_name="attribué le")),
                (
                    "commune",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reference.commune",
                        verbose_name="commune d’exécution",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lots",
                        to="purchasing.notice",
                        verbose_name="avis",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot d’un avis",
                "verbose_name_plural": "lots des avis",
                "indexes": [
                    models.Index(fields=["deadline"], name="purchasing_notice_lot_deadline"),
                    models.Index(fields=["-awarded_on"], name="purchasing_notice_lot_awarded"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("notice", "number"), name="purchasing_notice_lot_once"),
                    models.CheckConstraint(
                        condition=models.Q(("cpv", ""), ("cpv__regex", "^\\d{8}$"), _connector="OR"),
                        name="purchasing_notice_lot_cpv",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("departements__len__gt", 0)),
                        name="purchasing_notice_lot_somewhere",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reserved_kinds__len", 0), ("reserved_to", "")),
                            models.Q(
                                ("reserved_kinds__len__gt", 0),
                                models.Q(("reserved_to", ""), _negated=True),
                                models.Q(("reservation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="purchasing_notice_lot_reserved_to",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file_name", models.CharField(max_length=255, verbose_name="fichier")),
                ("actor_label", models.CharField(max_length=120, verbose_name="lancé par")),
                ("started_at", models.DateTimeField(verbose_name="commencé le")),
                (
                    "finished_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="terminé le"
                    ),
                ),
                ("day", models.DateField(null=True, verbose_name="jour de parution")),
                ("read", models.PositiveIntegerField(verbose_name="lus")),
                ("created", models.PositiveIntegerField(verbose_name="créés")),
                ("updated", models.PositiveIntegerField(verbose_name="modifiés")),
                ("unchanged", models.PositiveIntegerField(verbose_name="inchangés")),
                ("skipped", models.PositiveIntegerField(verbose_name="hors sujet")),
                ("rejected", models.PositiveIntegerField(verbose_name="rejetés")),
            ],
            options={
                "verbose_name": "import d’avis",
                "verbose_name_plural": "imports d’avis",
                "ordering": ("-started_at",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "read",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("created"), "+", models.F("updated")
                                            ),
                                            "+",
                                            models.F("unchanged"),
                                        ),
                                        "+",
                                        models.F("skipped"),
                                    ),
                                    "+",
                                    models.F("rejected"),
                                ),
                            )
                        ),
                        name="purchasing_notice_run_adds_up",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeWinner",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rank", models.PositiveSmallIntegerField(verbose_name="rang")),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("name", models.CharField(blank=True, max_length=255, verbose_name="dénomination")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="téléphone")),
                ("email", models.CharField(blank=True, max_length=254, verbose_name="courriel")),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="winners",
                        to="purchasing.noticelot",
                        verbose_name="lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "attributaire d’un lot",
                "verbose_name_plural": "attributaires des lots",
                "constraints": [
                    models.UniqueConstraint(fields=("lot", "rank"), name="purchasing_notice_winner_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("siret", ""), ("siret__startswith", models.F("siren")), _connector="OR"
                        ),
                        name="purchasing_winner_siret_of_siren",
                    ),
                ],
            },
        ),
    ]
