package org.pglynx.ml.algo;

import java.util.List;

/** Algorithms that share a package, and the shapes of the models that they fit. */
public interface Family {
  /** The algorithms, each under its SQL name. */
  List<Algorithm> algorithms();

  /** The shapes, each with a code of its own. */
  List<ModelShape> shapes();
}
