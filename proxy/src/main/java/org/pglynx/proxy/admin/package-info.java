/** The admin databases: console commands as statements that the proxy answers, and their tables. */
@NullMarked
package org.pglynx.proxy.admin;

import org.jspecify.annotations.NullMarked;
