-- Small functions every mapping uses. DuckDB.
CREATE MACRO unwrapped(x) AS regexp_replace(trim(CAST(x AS VARCHAR)), '^="(.*)"$', '\1', 's');
-- A macro is written out wherever it stands, argument and all: those that others are made of name it once or twice.
-- What a list writes when it has nothing to say.
CREATE MACRO without_filler(x) AS
    regexp_replace(unwrapped(x), '^\s*(?i:NULL|N/A|#N/A|#N/D|NC|NA|NAN)\s*$', '');
-- Text without its spreadsheet wrapping ="…", with single spaces; NULL when it says nothing. Nearly every cell is clean
-- already: one expression tells, instead of three that replace.
CREATE MACRO clean(x) AS CASE
    WHEN regexp_matches(CAST(x AS VARCHAR), '\s\s|^\s|\s$|[\t\n\r\f\v]|^="|^(?i:NULL|N/A|#N/A|#N/D|NC|NA|NAN)?$')
    THEN nullif(trim(regexp_replace(without_filler(x), '\s+', ' ', 'g')), '')
    ELSE CAST(x AS VARCHAR) END;
-- The same for a text that may have paragraphs.
CREATE MACRO paragraphs(x) AS nullif(trim(regexp_replace(
    regexp_replace(without_filler(x), '[ \t\r]+', ' ', 'g'), '\s*\n\s*', chr(10), 'g'), chr(32) || chr(10)), '');
-- « 775 544 083 00477 », « 77554408300477.0 » (a spreadsheet's number) → digits.
CREATE MACRO digits(x) AS
    nullif(regexp_replace(regexp_replace(clean(x), '\.0+$', ''), '[^0-9]', '', 'g'), '');
-- Leading zeros that a spreadsheet ate. A longer number is left alone: it is wrong, not short.
CREATE MACRO padded(x, n) AS CASE WHEN length(digits(x)) < n THEN lpad(digits(x), n, '0') ELSE digits(x) END;
CREATE MACRO postal(x) AS CASE WHEN length(digits(x)) BETWEEN 4 AND 5 THEN padded(x, 5) END;
CREATE MACRO insee(x) AS CASE
    WHEN regexp_full_match(upper(clean(x)), '(\d{2}|2[AB])\d{3}') THEN upper(clean(x))
    WHEN regexp_full_match(clean(x), '\d{4}') THEN '0' || clean(x) END;
CREATE MACRO padded_departement(x) AS lpad(upper(clean(x)), 2, '0');
-- « 31/12/2026 », « 2026-12-31 », « 2026-12-31 00:00:00 » → 2026-12-31.
CREATE MACRO iso_date(x) AS CAST(coalesce(
    try_cast(clean(x)[1:10] AS DATE), try_cast(try_strptime(clean(x)[1:10], '%d/%m/%Y') AS DATE)) AS VARCHAR);
CREATE MACRO naf(x) AS CASE
    WHEN regexp_full_match(regexp_replace(upper(clean(x)), '[. ]', '', 'g'), '\d{3,4}[A-Z]')
    THEN lpad(regexp_replace(upper(clean(x)), '[. ]', '', 'g'), 5, '0') END;
CREATE MACRO fold(x) AS trim(regexp_replace(
    replace(replace(lower(strip_accents(clean(x))), 'œ', 'oe'), 'æ', 'ae'), '[^a-z0-9]+', ' ', 'g'));
-- The name of a town as everybody writes it: no CEDEX, no arrondissement, « saint » shortened.
CREATE MACRO town(x) AS trim(regexp_replace(regexp_replace(
    regexp_replace(fold(x), '( cedex.*| ced| \d+ ?(er|e|eme|ieme)?( arrondissement)?)$', ''),
    '\bsaint\b', 'st', 'g'), '\bsainte\b', 'ste', 'g'));
CREATE MACRO capitalised(x) AS upper(clean(x)[1]) || lower(clean(x)[2:]);
-- Overseas codes take three characters; the postal code of Corsica says which half.
CREATE MACRO departement_of(p) AS CASE
    WHEN p[1:2] IN ('97', '98') THEN p[1:3]
    WHEN p[1:3] IN ('200', '201') THEN '2A'
    WHEN p[1:2] = '20' THEN '2B'
    ELSE p[1:2] END;
