/** The command line: one class per command, exit codes of sysexits. */
@NullMarked
package org.pglynx.proxy.app.cli;

import org.jspecify.annotations.NullMarked;
