package org.pglynx.ml.model;

/** The forms of other libraries in which models can be given away. */
public enum ModelFormat {
  /** XGBoost's JSON. */
  XGBOOST_JSON,
  /** XGBoost's Universal Binary JSON. */
  XGBOOST_UBJ,
  /** LightGBM's text. */
  LIGHTGBM_TEXT
}
