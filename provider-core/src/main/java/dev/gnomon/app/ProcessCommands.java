/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.app.demo.Demo;
import dev.gnomon.cli.CheckReport;
import dev.gnomon.cli.DoctorReport;
import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What runs in this process, put together from its parts. */
final class ProcessCommands implements LocalCommands {
    /** Read by logback.xml when the first logger is made, so it must be set before that. */
    private static final String LOG_LEVEL = "gnomon.log.level";

    private static final String LOG_EXCEPTIONS = "gnomon.log.exceptions";

    private static final String LOG_THROWABLES = "gnomon.log.throwables";

    private static final String LOG_FORMAT = "gnomon.log.format";

    private final ServiceHost host;
    private final StorageLayer layer;

    /** For a process that is started from a command line. */
    ProcessCommands() {
        this(ServiceHost.PLAIN);
    }

    /** For a process that somebody else started. */
    ProcessCommands(ServiceHost host) {
        this(host, StorageLayer.NONE);
    }

    /** For a process whose service works through something else than the machine's files alone. */
    ProcessCommands(ServiceHost host, StorageLayer layer) {
        this.host = host;
        this.layer = layer;
    }

    @Override
    public ExitCode runService(ServiceOptions options, PrintWriter err) throws ControlException {
        if (options.debug()) {
            System.setProperty(LOG_LEVEL, "DEBUG");
            System.setProperty(LOG_EXCEPTIONS, "%ex");
            System.setProperty(LOG_THROWABLES, "true");
        }
        System.setProperty(LOG_FORMAT, options.logFormat().name());
        OsParts parts = new OsParts(
                options.stateDirectory(), options.newStore(), options.indexBytes(), credentials(options), layer);
        return new ServiceProcess(parts, options, err, host).run();
    }

    private static Optional<TlsCredentials> credentials(ServiceOptions options) throws ControlException {
        if (options.tls().isEmpty()) {
            return Optional.empty();
        }
        LocalCommands.TlsFiles files = options.tls().get();
        try {
            return Optional.of(TlsCredentials.server(files.certificate(), files.key(), files.clientAuthorities()));
        } catch (NoSuchFileException e) {
            throw new ControlException(ErrorKind.INVALID, "--tls: no such file: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ControlException(ErrorKind.INVALID, "--tls: " + e.getMessage(), e);
        }
    }

    @Override
    public String installedState() {
        return Platform.current().installedState();
    }

    @Override
    public ControlClient connect(Path stateDirectory) throws ControlException {
        return Platform.current().connect(stateDirectory);
    }

    @Override
    public CheckReport check(Path stateDirectory) throws ControlException {
        Storage storage = new OsStorage();
        Scheduler scheduler = new OsScheduler((task, thrown) -> {
            throw new IllegalStateException(task, thrown);
        });
        try (StateDirectory _ = StateDirectory.holdExisting(stateDirectory, storage)) {
            StoreChecker.Report report = new StoreChecker(
                            storage, new OsClock(), scheduler, stateDirectory.resolve(RunningService.STORE_DIRECTORY))
                    .check();
            return new CheckReport(
                    report.findings().stream()
                            .map(f -> new CheckReport.Finding(f.file(), f.offsetBytes(), f.problem()))
                            .toList(),
                    Map.of(
                            "batches", report.batches(),
                            "pieces", report.pieces(),
                            "volumes", (long) report.volumes(),
                            "sets", (long) report.sets(),
                            "copies", (long) report.copies(),
                            "segments", (long) report.segments()));
        } catch (StoreException e) {
            throw new ControlException(ErrorKind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public DoctorReport doctor(Path stateDirectory) {
        return new Doctor(stateDirectory, new OsStorage(), new OsClock()).examine();
    }

    @Override
    public long export(ExportOptions options, ExportProgress progress) throws ControlException {
        return new CopyExport(new OsStorage(), options).run(progress);
    }

    @Override
    public ExitCode demo(DemoOptions options, PrintWriter out, PrintWriter err) throws ControlException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> gnomon = List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
        return new Demo(this, gnomon).run(options, out, err);
    }
}
