/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/** What runs in the process of the command line rather than in the service; the composition root provides it. */
public interface LocalCommands {
    /**
     * Runs the service until it is told to stop.
     *
     * @throws ControlException of kind INVALID or REFUSED if an address is not legal; nothing was started
     */
    ExitCode runService(ServiceOptions options, PrintWriter err) throws ControlException;

    /** Returns the state directory of the service that is installed on this machine, empty if that is not noted anywhere. */
    default String installedState() {
        return "";
    }

    /**
     * Connects to the running service of a state directory.
     *
     * @throws ControlException of kind UNREACHABLE if none answers, of kind PERMISSION if the system forbids it
     */
    default ControlClient connect(Path stateDirectory) throws ControlException {
        return ControlClient.connect(stateDirectory);
    }

    /**
     * Checks the store of a service that is not running; changes nothing.
     *
     * @throws ControlException if it could not be checked
     */
    CheckReport check(Path stateDirectory) throws ControlException;

    /** Looks for what keeps the service of a state directory from working; whatever it is, it is in the report. */
    DoctorReport doctor(Path stateDirectory);

    /**
     * Writes what a shadow copy holds to a new file, durably.
     *
     * @return how many bytes of it are not holes
     * @throws ControlException if it could not be done; nothing is left of the file then
     */
    long export(ExportOptions options, ExportProgress progress) throws ControlException;

    /** Runs the demonstration. */
    ExitCode demo(DemoOptions options, PrintWriter out, PrintWriter err) throws ControlException;

    /**
     * How to run the service.
     *
     * @param nbd where to serve NBD, as written on the command line; empty means a socket in the state directory
     * @param newStore properties of the store if it is to be created; those of an existing one stay as they are
     * @param indexBytes memory for the index, 0 for the usual one
     * @param tls keys for TLS, which is then required; none means that NBD is in the clear
     * @param allowRemote whether addresses that other machines can reach are admitted though clients prove nothing
     * @param metrics where to serve metrics, as written on the command line; empty means nowhere
     * @param acceptChanged volumes whose shadow copies are exported though the origin was changed
     * @param vss configuration of the VSS provider; empty for a service that is none
     */
    record ServiceOptions(
            Path stateDirectory,
            List<String> nbd,
            NewStore newStore,
            long indexBytes,
            Optional<TlsFiles> tls,
            boolean allowRemote,
            boolean debug,
            LogFormat logFormat,
            Optional<String> metrics,
            List<String> acceptChanged,
            Optional<Path> vss) {
        /** Copies the lists. */
        public ServiceOptions {
            acceptChanged = List.copyOf(acceptChanged);
            nbd = List.copyOf(nbd);
        }
    }

    /** How the service logs. */
    enum LogFormat {
        /** A line for people. */
        TEXT,
        /** A JSON object, in one line. */
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where the keys for TLS are, all in the form PEM.
     *
     * @param certificate of the service, and those that lead to an authority
     * @param key PKCS #8, not encrypted
     * @param clientAuthorities who signs the certificates of clients; none admits every client
     */
    record TlsFiles(Path certificate, Path key, Optional<Path> clientAuthorities) {}

    /**
     * Properties of a store that is to be created.
     *
     * @param chunkBytes size of a chunk, 0 for the usual one
     * @param segmentBytes size of a segment of the log, 0 for the usual one
     */
    record NewStore(long chunkBytes, long segmentBytes) {
        /** The usual properties. */
        public static final NewStore USUAL = new NewStore(0, 0);
    }

    /**
     * What to export, and how.
     *
     * @param address of the NBD server
     * @param sizeBytes that the copy has
     * @param target absolute; must not exist
     * @param tls none for a server without it
     */
    record ExportOptions(String address, String export, long sizeBytes, Path target, Optional<Tls> tls) {
        /**
         * Whom to trust in TLS.
         *
         * @param own a certificate of one's own
         */
        public record Tls(Path authorities, Optional<Keys> own, String serverName) {}

        /** A certificate and its key. */
        public record Keys(Path certificate, Path key) {}
    }

    /** Is told how far an export has got. */
    @FunctionalInterface
    interface ExportProgress {
        /** Everything before this offset is written. */
        void to(long offsetBytes);
    }

    /**
     * How to run the demonstration.
     *
     * @param selftest whether to break the promise on purpose, which must be noticed
     * @param directory where to work; none means a temporary directory
     * @param seed to repeat a run; none means a new one, which is printed
     * @param keep whether the files stay afterwards
     */
    record DemoOptions(boolean selftest, Optional<Path> directory, OptionalLong seed, boolean keep) {}
}
