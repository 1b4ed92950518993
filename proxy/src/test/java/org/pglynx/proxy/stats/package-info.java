@NullMarked
package org.pglynx.proxy.stats;

import org.jspecify.annotations.NullMarked;
