/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.LocalCommands.ExportOptions;
import dev.gnomon.cli.LocalCommands.ExportProgress;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.protocol.nbd.client.NbdExtent;
import dev.gnomon.protocol.nbd.client.NbdSecurity;
import dev.gnomon.protocol.nbd.client.NbdTimeouts;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a shadow copy holds to a new file, over NBD. Confined to one thread.
 *
 * <p><b>Invariants:</b> nothing that exists is ever written to; the file has its name only when it is whole, as long as the
 * copy, and durable; after a failure nothing is left of it. Only a kill leaves the file {@code NAME.partial}.
 */
final class CopyExport {
    private static final int BLOCK_BYTES = 1 << 20;

    /** Reads in flight: enough to keep both sides at work. */
    private static final int READS = 8;

    /** Asked for at once; the answer may be for less. */
    private static final long STATUS_BYTES = 1L << 30;

    private final Storage storage;
    private final ExportOptions options;
    private final Path partial;
    private final Deque<Read> reads = new ArrayDeque<>();

    CopyExport(Storage storage, ExportOptions options) {
        this.storage = storage;
        this.options = options;
        this.partial = options.target().resolveSibling(options.target().getFileName() + ".partial");
    }

    /** A block that was asked for. */
    private record Read(long offset, ByteBuffer block, CompletableFuture<Optional<NbdException>> answer) {}

    /**
     * Writes the file.
     *
     * @return the bytes that were read of the copy; the rest are holes
     */
    long run(ExportProgress progress) throws ControlException {
        try {
            NbdSecurity security = security();
            if (storage.exists(options.target())) {
                throw exists(options.target(), "it is not overwritten");
            }
            long read;
            try (StorageFile file = create()) {
                boolean done = false;
                try {
                    read = fill(file, security, progress);
                    publish();
                    done = true;
                } finally {
                    if (!done) {
                        storage.delete(partial);
                    }
                }
            }
            return read;
        } catch (NoSpaceException e) {
            throw failed("no space: " + e.getMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw failed(String.valueOf(e.getMessage()), e);
        }
    }

    private ControlException failed(String why, Exception cause) {
        return new ControlException(
                ErrorKind.FAILED,
                options.target() + ": " + options.export() + " was not exported, and nothing is left: " + why,
                cause);
    }

    private static ControlException exists(Path path, String what) {
        return new ControlException(ErrorKind.WRONG_STATE, path + ": exists already; " + what);
    }

    private StorageFile create() throws IOException, ControlException {
        try {
            return storage.open(partial, Storage.Mode.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            throw exists(partial, "another export is running, or was killed: then delete it");
        }
    }

    private NbdSecurity security() throws IOException {
        if (options.tls().isEmpty()) {
            return NbdSecurity.NONE;
        }
        ExportOptions.Tls tls = options.tls().get();
        TlsCredentials credentials = tls.own().isEmpty()
                ? TlsCredentials.client(tls.authorities())
                : TlsCredentials.client(
                        tls.authorities(),
                        tls.own().get().certificate(),
                        tls.own().get().key());
        return new NbdSecurity.Tls(credentials, tls.serverName());
    }

    private long fill(StorageFile file, NbdSecurity security, ExportProgress progress) throws IOException {
        NbdAddress address = NbdAddress.parse(options.address());
        try (NbdClient client = NbdClient.connect(address, options.export(), NbdTimeouts.DEFAULT, security)) {
            long size = client.sizeBytes();
            if (size != options.sizeBytes()) {
                throw new IOException("the server says that " + options.export() + " has " + size + " bytes, expected "
                        + options.sizeBytes());
            }
            file.setSize(size);
            long read = 0;
            long at = 0;
            while (at < size) {
                for (NbdExtent extent : client.blockStatus(at, Math.min(STATUS_BYTES, size - at))) {
                    if (!(extent.hole() && extent.zero())) {
                        copy(client, file, at, extent.lengthBytes(), progress);
                        read += extent.lengthBytes();
                    }
                    at += extent.lengthBytes();
                }
            }
            while (!reads.isEmpty()) {
                write(file, progress);
            }
            progress.to(size);
            file.force();
            if (file.sizeBytes() != size || at != size) {
                throw new IOException("the file has " + file.sizeBytes() + " bytes, expected " + size);
            }
            return read;
        }
    }

    private void copy(NbdClient client, StorageFile file, long from, long length, ExportProgress progress)
            throws IOException {
        for (long at = from; at < from + length; at += BLOCK_BYTES) {
            ByteBuffer block = reads.size() < READS ? ByteBuffer.allocateDirect(BLOCK_BYTES) : write(file, progress);
            block.clear().limit((int) Math.min(BLOCK_BYTES, from + length - at));
            CompletableFuture<Optional<NbdException>> answer = new CompletableFuture<>();
            client.submitRead(at, block, failure -> answer.complete(Optional.ofNullable(failure)));
            reads.add(new Read(at, block, answer));
        }
    }

    /** Writes the oldest block, once it is here, and returns its buffer. */
    private ByteBuffer write(StorageFile file, ExportProgress progress) throws IOException {
        Read oldest = reads.remove();
        @Nullable NbdException failure = oldest.answer().join().orElse(null);
        if (failure != null) {
            throw new IOException(
                    "reading " + options.export() + " at " + oldest.offset() + ": " + failure.getMessage(), failure);
        }
        int length = oldest.block().flip().remaining();
        file.write(oldest.block(), oldest.offset());
        progress.to(oldest.offset() + length);
        return oldest.block();
    }

    /** Gives the file its name, unless somebody took it meanwhile; durably. */
    private void publish() throws IOException, ControlException {
        try {
            Files.createLink(options.target(), partial); // Unlike a rename it never replaces anything.
            storage.delete(partial);
        } catch (FileAlreadyExistsException e) {
            throw exists(options.target(), "it came meanwhile and is not overwritten");
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            if (storage.exists(options.target())) {
                throw exists(options.target(), "it came meanwhile and is not overwritten");
            }
            storage.rename(partial, options.target());
        }
        storage.syncDirectory(Objects.requireNonNull(options.target().getParent(), "absolute"));
    }
}
