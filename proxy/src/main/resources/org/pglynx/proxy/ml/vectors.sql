-- Vectors, once for each :type of element: real and double precision. Sums are kept in double
-- precision, results have the argument's precision. Nested arrays count as their elements in order.

-- Gives the result, unless the vectors differ in length or one has a NULL in it.
CREATE OR REPLACE FUNCTION pgml._checked(result :type[], size integer, other integer) RETURNS :type[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF size <> other THEN
    RAISE EXCEPTION 'vectors have different lengths: % and %', size, other USING ERRCODE = '2202E';
  END IF;
  IF pg_catalog.array_position(result, NULL) IS NOT NULL THEN
    RAISE EXCEPTION 'a vector must not have NULL elements' USING ERRCODE = '22004';
  END IF;
  RETURN result;
END
$$;

CREATE OR REPLACE FUNCTION pgml.add(vector :type[], addend :type) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(ARRAY(SELECT a + addend FROM unnest(vector) AS a), 0, 0)
$$;

CREATE OR REPLACE FUNCTION pgml.add(vector :type[], addend :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    ARRAY(SELECT a + b FROM unnest(vector, addend) AS t(a, b)),
    cardinality(vector), cardinality(addend))
$$;

CREATE OR REPLACE FUNCTION pgml.subtract(vector :type[], subtahend :type) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(ARRAY(SELECT a - subtahend FROM unnest(vector) AS a), 0, 0)
$$;

CREATE OR REPLACE FUNCTION pgml.subtract(vector :type[], subtrahend :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    ARRAY(SELECT a - b FROM unnest(vector, subtrahend) AS t(a, b)),
    cardinality(vector), cardinality(subtrahend))
$$;

CREATE OR REPLACE FUNCTION pgml.multiply(vector :type[], multiplicand :type) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(ARRAY(SELECT a * multiplicand FROM unnest(vector) AS a), 0, 0)
$$;

CREATE OR REPLACE FUNCTION pgml.multiply(vector :type[], multiplicand :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    ARRAY(SELECT a * b FROM unnest(vector, multiplicand) AS t(a, b)),
    cardinality(vector), cardinality(multiplicand))
$$;

CREATE OR REPLACE FUNCTION pgml.divide(vector :type[], dividend :type) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(ARRAY(SELECT a / dividend FROM unnest(vector) AS a), 0, 0)
$$;

CREATE OR REPLACE FUNCTION pgml.divide(vector :type[], dividend :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    ARRAY(SELECT a / b FROM unnest(vector, dividend) AS t(a, b)),
    cardinality(vector), cardinality(dividend))
$$;

CREATE OR REPLACE FUNCTION pgml.norm_l0(vector :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(count(*) FILTER (WHERE a <> 0), count(a), cardinality(vector), cardinality(vector)):::type
  FROM unnest(vector) AS a
$$;

CREATE OR REPLACE FUNCTION pgml.norm_l1(vector :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(sum(abs(a::double precision)), count(a), cardinality(vector), cardinality(vector)):::type
  FROM unnest(vector) AS a
$$;

CREATE OR REPLACE FUNCTION pgml.norm_l2(vector :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(sqrt(sum(a::double precision * a)), count(a), cardinality(vector), cardinality(vector)):::type
  FROM unnest(vector) AS a
$$;

CREATE OR REPLACE FUNCTION pgml.norm_max(vector :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(max(abs(a::double precision)), count(a), cardinality(vector), cardinality(vector)):::type
  FROM unnest(vector) AS a
$$;

-- A vector of zeros stays one, as with scikit-learn's normalize.
CREATE OR REPLACE FUNCTION pgml.normalize_l1(vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN norm = 0 THEN ARRAY(SELECT a FROM unnest(vector) AS a)
              ELSE ARRAY(SELECT (a / norm):::type FROM unnest(vector) AS a) END
  FROM pgml.norm_l1(vector::double precision[]) AS norm
$$;

-- A vector of zeros stays one, as with scikit-learn's normalize.
CREATE OR REPLACE FUNCTION pgml.normalize_l2(vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN norm = 0 THEN ARRAY(SELECT a FROM unnest(vector) AS a)
              ELSE ARRAY(SELECT (a / norm):::type FROM unnest(vector) AS a) END
  FROM pgml.norm_l2(vector::double precision[]) AS norm
$$;

-- A vector of zeros stays one, as with scikit-learn's normalize.
CREATE OR REPLACE FUNCTION pgml.normalize_max(vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN norm = 0 THEN ARRAY(SELECT a FROM unnest(vector) AS a)
              ELSE ARRAY(SELECT (a / norm):::type FROM unnest(vector) AS a) END
  FROM pgml.norm_max(vector::double precision[]) AS norm
$$;

CREATE OR REPLACE FUNCTION pgml.distance_l1(vector :type[], other :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    sum(abs(a::double precision - b)), count(a - b), cardinality(vector), cardinality(other)):::type
  FROM unnest(vector, other) AS t(a, b)
$$;

CREATE OR REPLACE FUNCTION pgml.distance_l2(vector :type[], other :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    sqrt(sum((a::double precision - b) * (a::double precision - b))), count(a - b), cardinality(vector), cardinality(other)):::type
  FROM unnest(vector, other) AS t(a, b)
$$;

CREATE OR REPLACE FUNCTION pgml.dot_product(vector :type[], other :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    sum(a::double precision * b), count(a - b), cardinality(vector), cardinality(other)):::type
  FROM unnest(vector, other) AS t(a, b)
$$;

-- Zero if one of the vectors is all zeros.
CREATE OR REPLACE FUNCTION pgml.cosine_similarity(vector :type[], other :type[]) RETURNS :type
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT pgml._checked(
    coalesce(sum(a::double precision * b) / nullif(sqrt(sum(a::double precision * a)) * sqrt(sum(b::double precision * b)), 0), 0), count(a - b), cardinality(vector), cardinality(other)):::type
  FROM unnest(vector, other) AS t(a, b)
$$;

-- Aggregates, element by element. NULL rows are passed over; no rows give an empty vector,
-- which is what a parallel worker without rows hands over.
CREATE OR REPLACE FUNCTION pgml._sum(state double precision[], vector :type[])
RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(state) = 0
              THEN pgml._checked(ARRAY(SELECT a::double precision FROM unnest(vector) AS a), 0, 0)
              ELSE pgml.add(state, vector::double precision[]) END
$$;

CREATE OR REPLACE FUNCTION pgml._sum_result(state double precision[], vector :type[])
RETURNS :type[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT state:::type[] $$;

CREATE OR REPLACE FUNCTION pgml._min(state :type[], vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(state) = 0
              THEN pgml._checked(ARRAY(SELECT a FROM unnest(vector) AS a), 0, 0)
              ELSE pgml._checked(
                ARRAY(SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN least(a, b) END
                      FROM unnest(state, vector) AS t(a, b)),
                cardinality(state), cardinality(vector)) END
$$;

CREATE OR REPLACE FUNCTION pgml._min_combine(state :type[], other :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(other) = 0 THEN state ELSE pgml._min(state, other) END
$$;

CREATE OR REPLACE AGGREGATE pgml.min(:type[]) (
  SFUNC = pgml._min, STYPE = :type[], INITCOND = '{}',
  COMBINEFUNC = pgml._min_combine, PARALLEL = SAFE);

CREATE OR REPLACE FUNCTION pgml._max(state :type[], vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(state) = 0
              THEN pgml._checked(ARRAY(SELECT a FROM unnest(vector) AS a), 0, 0)
              ELSE pgml._checked(
                ARRAY(SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN greatest(a, b) END
                      FROM unnest(state, vector) AS t(a, b)),
                cardinality(state), cardinality(vector)) END
$$;

CREATE OR REPLACE FUNCTION pgml._max_combine(state :type[], other :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(other) = 0 THEN state ELSE pgml._max(state, other) END
$$;

CREATE OR REPLACE AGGREGATE pgml.max(:type[]) (
  SFUNC = pgml._max, STYPE = :type[], INITCOND = '{}',
  COMBINEFUNC = pgml._max_combine, PARALLEL = SAFE);

CREATE OR REPLACE FUNCTION pgml._min_abs(state :type[], vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(state) = 0
              THEN pgml._checked(ARRAY(SELECT abs(a) FROM unnest(vector) AS a), 0, 0)
              ELSE pgml._checked(
                ARRAY(SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN least(abs(a), abs(b)) END
                      FROM unnest(state, vector) AS t(a, b)),
                cardinality(state), cardinality(vector)) END
$$;

CREATE OR REPLACE FUNCTION pgml._min_abs_combine(state :type[], other :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(other) = 0 THEN state ELSE pgml._min_abs(state, other) END
$$;

CREATE OR REPLACE AGGREGATE pgml.min_abs(:type[]) (
  SFUNC = pgml._min_abs, STYPE = :type[], INITCOND = '{}',
  COMBINEFUNC = pgml._min_abs_combine, PARALLEL = SAFE);

CREATE OR REPLACE FUNCTION pgml._max_abs(state :type[], vector :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(state) = 0
              THEN pgml._checked(ARRAY(SELECT abs(a) FROM unnest(vector) AS a), 0, 0)
              ELSE pgml._checked(
                ARRAY(SELECT CASE WHEN a IS NOT NULL AND b IS NOT NULL THEN greatest(abs(a), abs(b)) END
                      FROM unnest(state, vector) AS t(a, b)),
                cardinality(state), cardinality(vector)) END
$$;

CREATE OR REPLACE FUNCTION pgml._max_abs_combine(state :type[], other :type[]) RETURNS :type[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(other) = 0 THEN state ELSE pgml._max_abs(state, other) END
$$;

CREATE OR REPLACE AGGREGATE pgml.max_abs(:type[]) (
  SFUNC = pgml._max_abs, STYPE = :type[], INITCOND = '{}',
  COMBINEFUNC = pgml._max_abs_combine, PARALLEL = SAFE);

CREATE OR REPLACE FUNCTION pgml._sum_combine(state double precision[], other double precision[])
RETURNS double precision[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN cardinality(other) = 0 THEN state ELSE pgml._sum(state, other) END
$$;

CREATE OR REPLACE AGGREGATE pgml.sum(:type[]) (
  SFUNC = pgml._sum, STYPE = double precision[], INITCOND = '{}',
  COMBINEFUNC = pgml._sum_combine, FINALFUNC = pgml._sum_result, FINALFUNC_EXTRA, PARALLEL = SAFE);
