package org.pglynx.ml.online;

/** What a score costs, and how the cost changes with it. Classes are −1 and 1. */
enum Loss {
  /** The hinge of support vector machines. */
  HINGE {
    @Override
    double cost(double score, double label, double width) {
      return Math.max(0, width - score * label);
    }

    @Override
    double slope(double score, double label, double width) {
      return score * label <= width ? -label : 0;
    }
  },
  /** The squared hinge. */
  SQUARED_HINGE {
    @Override
    double cost(double score, double label, double width) {
      double missing = Math.max(0, width - score * label);
      return missing * missing;
    }

    @Override
    double slope(double score, double label, double width) {
      return -2 * label * Math.max(0, width - score * label);
    }
  },
  /** Logistic regression. */
  LOG {
    @Override
    double cost(double score, double label, double width) {
      double z = score * label;
      if (z > LINEAR_BEYOND) {
        return Math.exp(-z);
      }
      return z < -LINEAR_BEYOND ? -z : Math.log(1 + Math.exp(-z));
    }

    @Override
    double slope(double score, double label, double width) {
      double z = score * label;
      if (z > LINEAR_BEYOND) {
        return Math.exp(-z) * -label;
      }
      return z < -LINEAR_BEYOND ? -label : -label / (Math.exp(z) + 1);
    }
  },
  /** The squared hinge that goes on linearly (Zhang 2004): its scores are probabilities. */
  MODIFIED_HUBER {
    @Override
    double cost(double score, double label, double width) {
      double z = score * label;
      if (z >= 1) {
        return 0;
      }
      return z >= -1 ? (1 - z) * (1 - z) : -4 * z;
    }

    @Override
    double slope(double score, double label, double width) {
      double z = score * label;
      if (z >= 1) {
        return 0;
      }
      return z >= -1 ? 2 * (1 - z) * -label : -4 * label;
    }
  },
  /** Least squares. */
  SQUARED {
    @Override
    double cost(double score, double label, double width) {
      return 0.5 * (score - label) * (score - label);
    }

    @Override
    double slope(double score, double label, double width) {
      return score - label;
    }
  },
  /** Least squares that goes on linearly. */
  HUBER {
    @Override
    double cost(double score, double label, double width) {
      double off = Math.abs(score - label);
      return off <= width ? 0.5 * off * off : width * off - 0.5 * width * width;
    }

    @Override
    double slope(double score, double label, double width) {
      return Math.max(-width, Math.min(width, score - label));
    }
  },
  /** Absolute errors, those below the width for nothing. */
  INSENSITIVE {
    @Override
    double cost(double score, double label, double width) {
      return Math.max(0, Math.abs(label - score) - width);
    }

    @Override
    double slope(double score, double label, double width) {
      if (label - score > width) {
        return -1;
      }
      return score - label > width ? 1 : 0;
    }
  },
  /** Squared errors beyond the width. */
  SQUARED_INSENSITIVE {
    @Override
    double cost(double score, double label, double width) {
      double over = Math.max(0, Math.abs(label - score) - width);
      return over * over;
    }

    @Override
    double slope(double score, double label, double width) {
      double z = label - score;
      if (z > width) {
        return -2 * (z - width);
      }
      return z < -width ? 2 * (-z - width) : 0;
    }
  };

  /** Where scikit-learn goes over to the asymptotes of the logistic loss. */
  private static final double LINEAR_BEYOND = 18;

  /** The cost of a score; the width is the hinge's threshold or the tube's. */
  abstract double cost(double score, double label, double width);

  /** The derivative of the cost by the score. */
  abstract double slope(double score, double label, double width);
}
