-- The stock of establishments (etalab-cs1100507): no header, two kinds of lines, « structureet » then, in the
-- geolocated file, « geolocalisation » in Lambert-93 (other projections overseas: the commune's centre is kept).
-- Category 246 is the ESAT; 247 is the EA, to be confirmed: the agreement of an EA is no longer the register's.
WITH place AS (
    SELECT nofinesset, max(try_cast(nofinessej AS DOUBLE)) AS x, max(try_cast(rs AS DOUBLE)) AS y
    FROM raw
    WHERE record = 'geolocalisation' AND upper(rslongue) LIKE '%LAMBERT_93%'
    GROUP BY 1
)
SELECT line,
       padded(raw.nofinesset, 9) AS source_key,
       CASE digits(categetab) WHEN '246' THEN 'ESAT' ELSE 'EA' END AS kind,
       digits(siret) AS siret,
       coalesce(clean(rslongue), clean(rs)) AS name,
       concat_ws(' ', digits(numvoie), clean(typvoie), clean(voie), clean(compvoie), clean(lieuditbp)) AS address,
       postal(clean(ligneacheminement)[1:5]) AS postal_code,
       -- « 9A » and « 101 » make 97101.
       insee(CASE WHEN regexp_full_match(clean(departement), '9[A-F]') THEN '97' ELSE padded_departement(departement) END
             || lpad(clean(commune), 3, '0')) AS insee,
       regexp_replace(regexp_replace(clean(ligneacheminement), '^\d{5}\s*', ''), '\s+CEDEX.*$', '', 'i') AS city,
       clean(telephone) AS phone,
       naf(codeape) AS naf,
       CAST(lambert_latitude(lambert_isometric(place.x, place.y)) AS VARCHAR) AS latitude,
       CAST(lambert_longitude(place.x, place.y) AS VARCHAR) AS longitude,
       CASE digits(categetab) WHEN '247' THEN json_object('to_confirm',
            'entreprise adaptée d’après la catégorie 247 de FINESS : l’agrément est à confirmer') END AS extra
FROM raw
LEFT JOIN place ON place.nofinesset = raw.nofinesset
WHERE record = 'structureet' AND digits(categetab) IN ('246', '247')
