/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Addresses to serve NBD at: {@code unix:PATH}, {@code [tcp:]HOST[:PORT]}, {@code [tcp:][IPV6][:PORT]}. */
final class NbdAddresses implements ITypeConverter<SocketAddress> {
    /** Registered for NBD with IANA. */
    private static final int DEFAULT_PORT = 10809;

    private static final int MAX_PORT = 65_535;
    private static final String UNIX = "unix:";
    private static final Pattern TCP =
            Pattern.compile("(?:tcp:)?(?:\\[([0-9A-Fa-f:.%]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?");
    private static final String ALLOWED = "; allowed are unix:PATH, HOST, HOST:PORT and [IPV6]:PORT";

    @Override
    public SocketAddress convert(String value) {
        if (value.startsWith(UNIX) && value.length() > UNIX.length()) {
            return UnixDomainSocketAddress.of(
                    Path.of(value.substring(UNIX.length())).toAbsolutePath().normalize());
        }
        Matcher matcher = TCP.matcher(value);
        if (!matcher.matches()) {
            throw new TypeConversionException("'" + value + "'" + ALLOWED);
        }
        int port = matcher.group(3) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(3));
        if (port > MAX_PORT) {
            throw new TypeConversionException("'" + value + "': port " + port + "; allowed are 0 to " + MAX_PORT);
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new TypeConversionException("'" + value + "': unknown host '" + host + "'" + ALLOWED);
        }
    }

    /** Refuses addresses that other machines can reach. */
    static void requireLocal(List<SocketAddress> addresses) throws ControlException {
        for (SocketAddress address : addresses) {
            if (address instanceof InetSocketAddress tcp && !tcp.getAddress().isLoopbackAddress()) {
                throw new ControlException(
                        ErrorKind.REFUSED,
                        "--nbd: " + tcp.getAddress().getHostAddress() + " can be reached from other machines; allowed"
                                + " are loopback addresses and unix:PATH, or any with --allow-remote");
            }
        }
    }
}
