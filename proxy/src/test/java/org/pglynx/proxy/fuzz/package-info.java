/** Drives fuzzing: which targets there are, how they are run, the inputs worth keeping. */
@org.jspecify.annotations.NullMarked
package org.pglynx.proxy.fuzz;
