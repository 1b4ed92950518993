/**
 * The dashboard: a JSON API over HTTP, and the page that uses it. It is a client of the proxy like
 * others, with the rights of whoever has logged in and no others.
 */
@NullMarked
package org.pglynx.proxy.dashboard;

import org.jspecify.annotations.NullMarked;
