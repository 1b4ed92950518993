/** Tests of the command line. */
@NullMarked
package org.pglynx.proxy.app.cli;

import org.jspecify.annotations.NullMarked;
