/** What the proxy tells others of its statements: traces, over OTLP. */
@NullMarked
package org.pglynx.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
