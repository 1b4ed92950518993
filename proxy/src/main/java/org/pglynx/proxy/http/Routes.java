package org.pglynx.proxy.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who answers which method of which path: the seam where parts of the product mount what they show.
 * Immutable once it is {@linkplain Builder#build built}.
 */
public final class Routes {
  /** What is found for a request. */
  sealed interface Found {
    /** Somebody answers. */
    record One(Handler handler) implements Found {}

    /** The path is there, the method is not. */
    record OtherMethods(Set<Method> allowed) implements Found {
      /** As the header Allow has it. */
      String header() {
        String names = allowed.stream().map(Enum::name).sorted().collect(Collectors.joining(", "));
        return allowed.contains(Method.GET) ? names + ", HEAD" : names;
      }
    }

    /** There is no such path. */
    record Nothing() implements Found {}
  }

  private final Map<String, Map<Method, Handler>> paths;

  /** Longer ones first. */
  private final TreeMap<String, Map<Method, Handler>> prefixes;

  private Routes(Builder built) {
    this.paths = Map.copyOf(built.paths);
    this.prefixes =
        new TreeMap<>(
            Comparator.comparingInt(String::length)
                .reversed()
                .thenComparing(Comparator.naturalOrder()));
    this.prefixes.putAll(built.prefixes);
  }

  /** No routes yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Who answers. */
  Found find(@Nullable Method method, String path) {
    Map<Method, Handler> exact = paths.get(path);
    if (exact != null) {
      return of(exact, method);
    }
    for (Map.Entry<String, Map<Method, Handler>> each : prefixes.entrySet()) {
      if (path.startsWith(each.getKey())) {
        return of(each.getValue(), method);
      }
    }
    return new Found.Nothing();
  }

  private static Found of(Map<Method, Handler> handlers, @Nullable Method method) {
    Handler handler = method == null ? null : handlers.get(method);
    return handler == null ? new Found.OtherMethods(handlers.keySet()) : new Found.One(handler);
  }

  /** The paths, those with others below them ending in a slash; for the page that lists them. */
  public List<String> paths() {
    List<String> all = new ArrayList<>(paths.keySet());
    all.addAll(prefixes.keySet());
    return all.stream().sorted().toList();
  }

  /** Gathers routes; one path and method can be had once. */
  public static final class Builder {
    private final Map<String, Map<Method, Handler>> paths = new HashMap<>();
    private final Map<String, Map<Method, Handler>> prefixes = new HashMap<>();

    private Builder() {}

    /** Answers requests for exactly this path. */
    public Builder on(Method method, String path, Handler handler) {
      return add(paths, method, path, handler);
    }

    /** Answers requests for all paths below this one, which ends in a slash; longer ones first. */
    public Builder under(Method method, String prefix, Handler handler) {
      if (!prefix.endsWith("/")) {
        throw new IllegalArgumentException("not a folder: " + prefix);
      }
      return add(prefixes, method, prefix, handler);
    }

    private Builder add(
        Map<String, Map<Method, Handler>> to, Method method, String path, Handler handler) {
      Map<Method, Handler> handlers =
          to.computeIfAbsent(path, fresh -> new EnumMap<>(Method.class));
      if (handlers.put(method, handler) != null) {
        throw new IllegalArgumentException("two answers to " + method + " " + path);
      }
      return this;
    }

    /** All of them. */
    public Routes build() {
      return new Routes(this);
    }
  }
}
