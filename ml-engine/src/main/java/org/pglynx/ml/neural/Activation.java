package org.pglynx.ml.neural;

import java.util.List;
import org.pglynx.ml.sql.Shares;
import org.pglynx.ml.sql.Sql;

/** What a hidden unit makes of its sum. */
enum Activation {
  IDENTITY,
  LOGISTIC,
  TANH,
  RELU;

  double of(double sum) {
    return switch (this) {
      case IDENTITY -> sum;
      case LOGISTIC -> 1 / (1 + Math.exp(-sum));
      case TANH -> Math.tanh(sum);
      case RELU -> Math.max(sum, 0);
    };
  }

  /** The value in SQL, of a variable. */
  String sql(String sum) {
    return switch (this) {
      case IDENTITY -> sum;
      case LOGISTIC -> Shares.logistic(sum);
      case TANH -> Sql.tanh(sum);
      case RELU -> Sql.largest(List.of(sum, Sql.number(0)));
    };
  }

  /** The derivative, from the value. */
  double slope(double value) {
    return switch (this) {
      case IDENTITY -> 1;
      case LOGISTIC -> value * (1 - value);
      case TANH -> 1 - value * value;
      case RELU -> value > 0 ? 1 : 0;
    };
  }
}
