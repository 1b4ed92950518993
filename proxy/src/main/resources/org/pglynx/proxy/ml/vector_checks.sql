-- What functions of vectors need before they can be created for an element's type.

-- Gives the result, unless the vectors differ in length or one has a NULL in it.
CREATE OR REPLACE FUNCTION pgml._checked(
  result double precision, present bigint, size integer, other integer) RETURNS double precision
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF size <> other THEN
    RAISE EXCEPTION 'vectors have different lengths: % and %', size, other USING ERRCODE = '2202E';
  END IF;
  IF present <> size THEN
    RAISE EXCEPTION 'a vector must not have NULL elements' USING ERRCODE = '22004';
  END IF;
  RETURN coalesce(result, 0);
END
$$;
