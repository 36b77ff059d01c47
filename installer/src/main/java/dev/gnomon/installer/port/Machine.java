/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.nio.file.Path;

/** Facts of the machine and of this process. */
public interface Machine {
    /** Returns the processor that the program was made for, as Java names it: {@code amd64}. */
    String processArchitecture();

    /** Returns the processor of the machine, named the same way. */
    String machineArchitecture() throws SetupException;

    /** Returns whether this process may change the machine: elevated administrator, or SYSTEM. */
    boolean administrator() throws SetupException;

    /** Returns the version of Windows; its build number tells releases apart. */
    Version windowsVersion() throws SetupException;

    /** A version of Windows. */
    record Version(int major, int minor, int build) {}

    /** Returns the root of the volume that the system runs from, such as {@code C:\}. */
    Path systemRoot();

    /** Returns the name that this Windows has for an account or group, without its domain. */
    String accountName(String sid) throws SetupException;

    /** Returns the name of the machine. */
    String name();

    /** Returns whether a TCP port of the loopback address can be listened on. */
    boolean isPortFree(int port);

    /** Tells running programs that environment variables of the machine have changed. */
    void announceEnvironment() throws SetupException;

    /** Waits. */
    void pause(long milliseconds);

    /** Returns milliseconds that never go back. */
    long uptimeMs();
}
