package org.pglynx.proxy.dashboard;

import java.net.InetAddress;

/**
 * Who sits at a browser: what the rules about clients want to know.
 *
 * @param address of the browser's machine, or of what stands in front of us
 * @param encrypted whether it speaks TLS with us
 * @param confidential whether nobody on the way from there reads a password, as far as we are told
 */
public record Guest(InetAddress address, boolean encrypted, boolean confidential) {}
