-- PostgresML's functions of scikit-learn's metrics, in SQL: the numbers are scikit-learn's.

-- Truth and prediction of one length, at least one of each, none NULL.
CREATE OR REPLACE FUNCTION pgml._check_pairs(ground_truth real[], y_hat real[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF cardinality(ground_truth) <> cardinality(y_hat) THEN
    RAISE EXCEPTION 'ground_truth and y_hat have different lengths: % and %',
      cardinality(ground_truth), cardinality(y_hat) USING ERRCODE = '2202E';
  END IF;
  IF cardinality(ground_truth) = 0 THEN
    RAISE EXCEPTION 'ground_truth and y_hat are empty' USING ERRCODE = '22023';
  END IF;
  IF EXISTS (SELECT FROM unnest(ground_truth, y_hat) AS t(a, b) WHERE a IS NULL OR b IS NULL) THEN
    RAISE EXCEPTION 'ground_truth and y_hat must not have NULL elements' USING ERRCODE = '22004';
  END IF;
  RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION pgml.sklearn_regression_metrics(ground_truth real[], y_hat real[])
RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH pairs AS (
    SELECT t::double precision AS t, p::double precision AS p
    FROM unnest(ground_truth, y_hat) AS pair(t, p)
    WHERE pgml._check_pairs(ground_truth, y_hat)),
  centred AS (SELECT t, p, t - avg(t) OVER () AS deviation FROM pairs),
  sums AS (
    SELECT count(*) AS n, sum((t - p) * (t - p)) AS residual, sum(deviation * deviation) AS total,
           sum(abs(t - p)) AS absolute
    FROM centred)
  SELECT jsonb_build_object(
    'r2', CASE WHEN n < 2 THEN 'NaN'::double precision
               WHEN total <> 0 THEN 1 - residual / total
               WHEN residual = 0 THEN 1 ELSE 0 END,
    'mse', residual / n,
    'mae', absolute / n)
  FROM sums
$$;

CREATE OR REPLACE FUNCTION pgml.sklearn_r2_score(ground_truth real[], y_hat real[]) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (pgml.sklearn_regression_metrics(ground_truth, y_hat)->>'r2')::real
$$;

-- With at most two labels the scores are those of label 1, else the means over all labels.
CREATE OR REPLACE FUNCTION pgml._check_binary(labels real[]) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF cardinality(labels) = 2 AND NOT 1 = ANY (labels) THEN
    RAISE EXCEPTION 'one of two labels must be 1, got % and %', labels[1], labels[2]
      USING ERRCODE = '22023';
  END IF;
  RETURN true;
END
$$;

CREATE OR REPLACE FUNCTION pgml.sklearn_classification_metrics(
  ground_truth real[], y_hat real[], num_classes bigint) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  WITH pairs AS MATERIALIZED (
    SELECT t, p FROM unnest(ground_truth, y_hat) AS pair(t, p)
    WHERE pgml._check_pairs(ground_truth, y_hat)),
  labels AS (SELECT t AS label FROM pairs UNION SELECT p FROM pairs),
  counted AS MATERIALIZED (
    SELECT label,
           (SELECT count(*) FROM pairs WHERE t = label AND p = label)::double precision AS hits,
           (SELECT count(*) FROM pairs WHERE t = label)::double precision AS truths,
           (SELECT count(*) FROM pairs WHERE p = label)::double precision AS guesses
    FROM labels),
  scores AS (
    SELECT label, coalesce(hits / nullif(guesses, 0), 0) AS precision,
           coalesce(hits / nullif(truths, 0), 0) AS recall,
           2 * hits / (truths + guesses) AS f1
    FROM counted),
  averaged AS (
    SELECT coalesce(avg(f1), 0) AS f1, coalesce(avg(precision), 0) AS precision,
           coalesce(avg(recall), 0) AS recall
    FROM scores
    WHERE (SELECT count(*) > 2 FROM labels)
       OR label = 1),
  checked AS (
    SELECT pgml._check_binary(ARRAY(SELECT label FROM labels ORDER BY label)) AS fits),
  whole AS (
    SELECT sum(hits) AS hits, sum(truths) AS n, sum(truths * guesses) AS crossed,
           sum(guesses * guesses) AS guessed, sum(truths * truths) AS squared
    FROM counted),
  ranked AS (
    SELECT t, (rank() OVER (ORDER BY p) + rank() OVER (ORDER BY p) + count(*) OVER (PARTITION BY p)
               - 1) / 2.0::double precision AS place
    FROM pairs),
  area AS (
    SELECT (sum(place) FILTER (WHERE t = positive) - ones * (ones + 1) / 2)
             / nullif(ones * (n - ones), 0) AS auc
    FROM ranked,
         (SELECT label AS positive, truths AS ones FROM counted ORDER BY label DESC LIMIT 1) AS c,
         (SELECT count(*)::double precision AS n FROM pairs) AS d
    GROUP BY ones, n)
  SELECT jsonb_build_object(
    'f1', averaged.f1, 'f1_micro', hits / n, 'precision', averaged.precision,
    'recall', averaged.recall, 'accuracy', hits / n,
    'mcc', coalesce((hits * n - crossed)
                    / nullif(sqrt(n * n - guessed) * sqrt(n * n - squared), 0), 0))
    || CASE WHEN num_classes = 2 THEN jsonb_build_object('roc_auc', auc) ELSE '{}' END
  FROM whole, averaged, area, checked WHERE fits
$$;

CREATE OR REPLACE FUNCTION pgml.sklearn_f1_score(ground_truth real[], y_hat real[]) RETURNS real
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT (pgml.sklearn_classification_metrics(ground_truth, y_hat, 0)->>'f1')::real
$$;
