/** Tests of what is done with several servers. */
@NullMarked
package org.pglynx.proxy.cluster;

import org.jspecify.annotations.NullMarked;
