@NullMarked
package org.pglynx.proxy.dashboard;

import org.jspecify.annotations.NullMarked;
