/** Tests of the demo. */
@NullMarked
package org.pglynx.demo;

import org.jspecify.annotations.NullMarked;
