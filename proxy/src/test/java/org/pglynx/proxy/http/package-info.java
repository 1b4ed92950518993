@NullMarked
package org.pglynx.proxy.http;

import org.jspecify.annotations.NullMarked;
