package org.pglynx.proxy.ml;

import java.util.concurrent.Executor;

/**
 * Who runs what is not answered at once.
 *
 * @param trainings a fixed number of trainings at a time; some more may wait
 * @param files the same for files of models, which take memory and time by their size
 * @param conversations everything else that talks to a server; bounded by the pools' connections
 */
record Runners(Executor trainings, Executor files, Executor conversations) {}
