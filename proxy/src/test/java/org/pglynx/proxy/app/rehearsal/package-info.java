/** Tests of what goes through a proxy before its first client does. */
@NullMarked
package org.pglynx.proxy.app.rehearsal;

import org.jspecify.annotations.NullMarked;
