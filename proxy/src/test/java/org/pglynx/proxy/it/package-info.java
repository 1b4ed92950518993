/** Tests of the whole proxy with real servers and real clients. */
@NullMarked
package org.pglynx.proxy.it;

import org.jspecify.annotations.NullMarked;
