package org.pglynx.proxy.ml;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.pglynx.proxy.sql.FunctionCall;
import org.pglynx.proxy.sql.FunctionCall.CallArgument;
import org.pglynx.proxy.sql.SqlTokens;
import org.pglynx.proxy.sql.TokenRange;
import org.pglynx.proxy.wire.PgErrorException;

/** A call whose arguments have found their parameters (manual, section 4.3: calling functions). */
final class BoundCall {
  private final FunctionCall call;
  private final Signature signature;
  private final @Nullable Argument[] arguments;

  private BoundCall(FunctionCall call, Signature signature, @Nullable Argument[] arguments) {
    this.call = call;
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
      throw Refusals.noSuchFunction(signature, call, given).toException();
    }
    return new BoundCall(call, signature, slots);
  }

  /** Where the arguments stand that only a server can compute, in order of the parameters. */
  List<TokenRange> computed() {
    List<TokenRange> ranges = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof Argument.Computed) {
        ranges.add(range(i));
      }
    }
    return ranges;
  }

  private TokenRange range(int parameter) {
    String name = signature.parameters().get(parameter).name();
    for (CallArgument argument : call.arguments()) {
      if (argument.name().equals(name)) {
        return argument.value();
      }
    }
    return call.arguments().get(parameter).value();
  }

  /**
   * The same call with what a server has computed, in the order of {@link #computed}.
   *
   * @throws PgErrorException if a value is of a type that the parameter does not take
   */
  BoundCall with(List<ComputedValue> values) throws PgErrorException {
    @Nullable Argument[] known = arguments.clone();
    Signature taking = signature;
    int next = 0;
    for (int i = 0; i < known.length; i++) {
      if (!(known[i] instanceof Argument.Computed)) {
        continue;
      }
      Argument.Literal value = values.get(next++).argument();
      Signature byId = i == 0 ? Signatures.ofModel(signature) : null;
      if (byId != null && ArgumentType.BIGINT.accepts(value.typeName())) {
        taking = byId;
      } else if (!signature.parameters().get(i).type().takes(value.typeName())) {
        throw Refusals.argumentType(signature, i, value.typeName()).toException();
      }
      known[i] = value;
    }
    return new BoundCall(call, taking, known);
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
