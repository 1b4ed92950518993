package org.pglynx.proxy.ml;

import java.util.Arrays;
import org.pglynx.proxy.wire.Oid;
import org.pglynx.proxy.wire.PgErrorException;

/**
 * Collects the types of {@code $1}, {@code $2}, …: what Parse declared, else what the calls need.
 */
final class ParameterTypes {
  private final int[] declared;
  private final boolean all;
  private int[] types;

  ParameterTypes(int[] declared) {
    this(declared, true);
  }

  private ParameterTypes(int[] declared, boolean all) {
    this.declared = declared;
    this.all = all;
    this.types = declared.clone();
  }

  /** Of a statement whose other parameters are the server's. */
  static ParameterTypes besides(int[] declared) {
    return new ParameterTypes(declared, false);
  }

  /** Notes that the parameter at the index (from 0) stands for a value of the type. */
  void use(int index, ArgumentType type) throws PgErrorException {
    if (!type.acceptsOid(declared(index))) {
      throw Refusals.parameterType(index, type.sqlName()).toException();
    }
    use(index, type.oid());
  }

  /** The same for a type that any declared one is checked against elsewhere. */
  void use(int index, int oid) {
    if (index >= types.length) {
      types = Arrays.copyOf(types, index + 1);
    }
    if (types[index] == Oid.UNSPECIFIED) {
      types[index] = oid;
    }
  }

  /** What Parse declared for the parameter, or 0. */
  int declared(int index) {
    return index < declared.length ? declared[index] : Oid.UNSPECIFIED;
  }

  /** The parameter's type as far as it is known. */
  int type(int index) {
    return index < types.length ? types[index] : Oid.UNSPECIFIED;
  }

  /**
   * The types, as ParameterDescription reports them.
   *
   * @throws PgErrorException if a parameter in between is used nowhere, and all should be known
   */
  int[] complete() throws PgErrorException {
    for (int i = 0; i < types.length; i++) {
      if (all && types[i] == Oid.UNSPECIFIED) {
        throw Refusals.undeterminedParameter(i).toException();
      }
    }
    return types;
  }
}
