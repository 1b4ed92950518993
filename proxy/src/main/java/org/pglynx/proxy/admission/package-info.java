/** Who may come in: rules, secrets, and pools that are made on demand. */
@NullMarked
package org.pglynx.proxy.admission;

import org.jspecify.annotations.NullMarked;
