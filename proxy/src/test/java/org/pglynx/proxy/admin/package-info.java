/** Tests of the admin console. */
@NullMarked
package org.pglynx.proxy.admin;

import org.jspecify.annotations.NullMarked;
