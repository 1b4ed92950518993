/**
 * Where statements go: to the primary or to a replica. What a text is comes from {@code sql}, what
 * the functions in it do from the database itself; both are found out once and kept.
 */
@NullMarked
package org.pglynx.proxy.route;

import org.jspecify.annotations.NullMarked;
