package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.FunctionCall.CallArgument;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.wire.PgErrorException;

/** A call whose arguments have found their parameters (manual, section 4.3: calling functions). */
final class BoundCall {
  private final Signature signature;
  private final @Nullable Argument[] arguments;

  private BoundCall(Signature signature, @Nullable Argument[] arguments) {
    this.signature = signature;
    this.arguments = arguments;
  }

  /**
   * Binds positional and named arguments.
   *
   * @throws PgErrorException as the server words it when they do not fit
   */
  static BoundCall of(Signature signature, FunctionCall call, SqlTokens tokens)
      throws PgErrorException {
    ArgumentReader reader = new ArgumentReader(tokens);
    List<Argument> given = new ArrayList<>();
    for (CallArgument argument : call.arguments()) {
      given.add(reader.read(argument.value()));
    }
    @Nullable Argument[] slots = new Argument[signature.parameters().size()];
    boolean fits = place(signature, call, given, slots);
    if (!fits || !complete(signature, slots)) {
      throw Refusals.noSuchFunction(call, given).toException();
    }
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] instanceof Argument.Computed) {
        throw Refusals.computedArgument(signature.function(), signature.parameters().get(i).name())
            .toException();
      }
    }
    return new BoundCall(signature, slots);
  }

  private static boolean place(
      Signature signature, FunctionCall call, List<Argument> given, @Nullable Argument[] slots)
      throws PgErrorException {
    boolean namedSeen = false;
    for (int i = 0; i < given.size(); i++) {
      CallArgument argument = call.arguments().get(i);
      if (!argument.named() && namedSeen) {
        throw Refusals.positionalAfterNamed().toException();
      }
      if (argument.named() && usedBefore(call, i)) {
        throw Refusals.argumentTwice(argument.name()).toException();
      }
      namedSeen |= argument.named();
      int slot = argument.named() ? signature.indexOf(argument.name()) : i;
      if (slot < 0 || slot >= slots.length || slots[slot] != null) {
        return false;
      }
      if (!signature.parameters().get(slot).type().accepts(given.get(i).typeName())) {
        return false;
      }
      slots[slot] = given.get(i);
    }
    return true;
  }

  private static boolean usedBefore(FunctionCall call, int index) {
    String name = call.arguments().get(index).name();
    return call.arguments().subList(0, index).stream().anyMatch(a -> a.name().equals(name));
  }

  private static boolean complete(Signature signature, @Nullable Argument[] slots) {
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] == null && signature.parameters().get(i).required()) {
        return false;
      }
    }
    return true;
  }

  /** The function. */
  Signature signature() {
    return signature;
  }

  /** The argument of the parameter, or null if the call leaves it to its default. */
  @Nullable Argument argument(int parameter) {
    return arguments[parameter];
  }

  /** Tells the parameters which {@code $n} they are. */
  void declare(ParameterTypes types) throws PgErrorException {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof Argument.Bound bound) {
        types.use(bound.index(), signature.parameters().get(i).type());
      }
    }
  }

  @Override
  public String toString() {
    return signature.function() + Arrays.toString(arguments);
  }
}
