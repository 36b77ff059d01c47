/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.platform.windows;

import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.WinBase;
import com.sun.jna.platform.win32.WinDef.DWORD;
import com.sun.jna.platform.win32.WinNT.HANDLE;
import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.LinkServer;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A named pipe of this machine. Thread-safe; one thread accepts.
 *
 * <p><b>Invariants:</b> nobody else has a server's end of the name, or it is not served at all; clients of other machines are refused; the
 * descriptor is ours and not the usual one, which lets everybody read; a client is served only if it runs as SYSTEM, as an elevated
 * administrator, or as the user of this service, which its token says and neither its process id nor its path.
 */
public final class PipeServer implements LinkServer {
    private static final int ACCESS_DUPLEX = 0x3;
    private static final int FLAG_OVERLAPPED = 0x4000_0000;
    private static final int FLAG_FIRST_PIPE_INSTANCE = 0x0008_0000;
    private static final int REJECT_REMOTE_CLIENTS = 0x8;

    /** Connections are bounded by who serves them; this is the most that Windows lets one say. */
    static final int MAX_INSTANCES = 254;

    private static final int QUEUE_BYTES = 64 << 10;

    private static final SecurityCalls CALLS = SecurityCalls.load();

    private final String name;
    private final Identity own;
    private final String descriptor;
    private final ReentrantLock lock = new ReentrantLock();
    private PipeHandle waiting;
    private boolean closed;

    private PipeServer(String name, Identity own, String descriptor, PipeHandle first) {
        this.name = name;
        this.own = own;
        this.descriptor = descriptor;
        this.waiting = first;
    }

    /** Who may connect, beside the user of the service. */
    public enum Admitted {
        /** SYSTEM, as which VSS loads providers. */
        SYSTEM,
        /** SYSTEM and administrators, for the command line. */
        ADMINISTRATORS
    }

    /**
     * Begins to listen.
     *
     * @param name what follows {@code \\.\pipe\}
     * @throws IOException if another process has the name already
     */
    public static PipeServer open(String name, Admitted admitted) throws IOException {
        String path = Pipes.path(name);
        Identity own = Identity.own();
        String descriptor = Descriptors.pipe(own, admitted == Admitted.ADMINISTRATORS);
        PipeHandle first = instance(path, descriptor, FLAG_FIRST_PIPE_INSTANCE);
        return new PipeServer(path, own, descriptor, first);
    }

    private static PipeHandle instance(String path, String descriptor, int flags) throws IOException {
        try (Descriptors.Held held = Descriptors.parse(descriptor)) {
            WinBase.SECURITY_ATTRIBUTES security = new WinBase.SECURITY_ATTRIBUTES();
            security.dwLength = new DWORD(security.size());
            security.lpSecurityDescriptor = held.pointer();
            security.bInheritHandle = false;
            HANDLE pipe = Kernel32.INSTANCE.CreateNamedPipe(
                    path,
                    ACCESS_DUPLEX | FLAG_OVERLAPPED | flags,
                    REJECT_REMOTE_CLIENTS,
                    MAX_INSTANCES,
                    QUEUE_BYTES,
                    QUEUE_BYTES,
                    0,
                    security);
            if (WinBase.INVALID_HANDLE_VALUE.equals(pipe)) {
                throw Win32.failure(path);
            }
            return new PipeHandle(path, pipe);
        }
    }

    @Override
    public Link accept() throws IOException {
        PipeHandle pipe = current();
        try {
            pipe.connect();
            // There is always an instance that waits, so that nobody else can be the first.
            replace();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException e) {
            // A client that came and went, or one for whose successor there is no instance: without its client this one
            // waits again.
            boolean _ = pipe.call(Kernel32.INSTANCE::DisconnectNamedPipe);
            throw e;
        }
        return new PipeLink(pipe, connected -> connected.call(this::refusal));
    }

    private PipeHandle current() throws ClosedChannelException {
        lock.lock();
        try {
            requireOpen();
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private void replace() throws IOException {
        lock.lock();
        try {
            requireOpen();
            waiting = instance(name, descriptor, 0);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Acts as the client for the moment that it takes to read its token. */
    private String refusal(HANDLE pipe) throws IOException {
        // If this fails the thread goes on as the service, and would find itself.
        if (!CALLS.ImpersonateNamedPipeClient(pipe)) {
            throw Win32.failure(name + ": cannot tell who the client is");
        }
        Identity client;
        try {
            client = Identity.ofImpersonation();
        } finally {
            if (!Advapi32.INSTANCE.RevertToSelf()) {
                // This thread would go on with the rights of a client: nothing that it does then can be right.
                Runtime.getRuntime().halt(1);
            }
        }
        return client.system() || client.administrator() || client.sid().equals(own.sid())
                ? ""
                : name + ": user " + client.sid() + " may not; allowed are SYSTEM and administrators";
    }

    @Override
    public String address() {
        return name;
    }

    @Override
    public void close() {
        PipeHandle last;
        lock.lock();
        try {
            closed = true;
            last = waiting;
        } finally {
            lock.unlock();
        }
        last.close();
    }
}
