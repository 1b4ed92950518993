package org.pglynx.ml.online;

/**
 * How rows are learnt from.
 *
 * @param loss what errors cost
 * @param width of the loss
 * @param step how far a row moves the weights
 * @param eta0 the first step
 * @param powerT how fast steps fall
 * @param aggressiveness C of passive aggressive
 * @param alpha the penalty
 * @param shrink whether the penalty has a squared part
 * @param sparse whether it has an absolute part
 * @param l1Ratio the share of the absolute part
 * @param intercept whether there is one
 * @param shuffle whether each epoch has an order of its own
 * @param maxEpochs at most
 * @param tolerance an epoch that brings less counts as none; −∞ never does
 * @param patience as many such epochs end it
 * @param average from this row on weights are averaged; 0 never
 * @param early whether the score on rows kept apart decides instead of the loss
 * @param apart the share of those rows
 */
record Settings(
    Loss loss,
    double width,
    Step step,
    double eta0,
    double powerT,
    double aggressiveness,
    double alpha,
    boolean shrink,
    boolean sparse,
    double l1Ratio,
    boolean intercept,
    boolean shuffle,
    int maxEpochs,
    double tolerance,
    int patience,
    long average,
    boolean early,
    double apart) {
  boolean passive() {
    return step == Step.PASSIVE || step == Step.PASSIVE_SOFT;
  }
}
