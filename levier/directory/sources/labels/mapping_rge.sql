-- One line per qualification of an establishment: grouped, with the trades and the last end. What ended is over.
SELECT min(line) AS line,
       digits(siret) AS source_key,
       digits(siret) AS siret,
       json_object('label:rge', json_object(
           'since', min(iso_date(lien_date_debut)), 'until', max(iso_date(lien_date_fin)),
           'scope', left(string_agg(DISTINCT coalesce(clean(domaine), clean(nom_qualification)), ', '
                                    ORDER BY coalesce(clean(domaine), clean(nom_qualification))), 500),
           'held', true)) AS extra
FROM raw
GROUP BY digits(siret)
