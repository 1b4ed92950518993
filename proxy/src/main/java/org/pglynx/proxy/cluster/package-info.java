/**
 * Several servers behind one database: how each fares and what it is, which one a session gets, and
 * what becomes of those who wait when that changes.
 */
@NullMarked
package org.pglynx.proxy.cluster;

import org.jspecify.annotations.NullMarked;
