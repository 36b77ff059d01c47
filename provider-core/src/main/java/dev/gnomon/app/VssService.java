/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.control.CallView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.server.VssControl;
import dev.gnomon.io.Clock;
import dev.gnomon.util.BuildInfo;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.channel.ChannelFile;
import dev.gnomon.vss.channel.ChannelServer;
import dev.gnomon.vss.channel.FaultTable;
import dev.gnomon.vss.channel.Trace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The VSS provider of a service: its channel, its faults, its trace. Thread-safe. */
final class VssService implements VssControl, AutoCloseable {
    private final FaultTable faults;
    private final Trace trace;
    private final boolean allowFaults;
    private final String address;
    private final Runnable end;

    private VssService(FaultTable faults, Trace trace, boolean allowFaults, String address, Runnable end) {
        this.faults = faults;
        this.trace = trace;
        this.allowFaults = allowFaults;
        this.address = address;
        this.end = end;
    }

    /** Opens the provider on an engine and serves it; on a failure everything opened is closed again. */
    static VssService start(VssConfig config, Path stateDirectory, ServiceParts parts, ServiceParts.Opened engine)
            throws ControlException {
        Clock clock = parts.clock();
        Trace trace = new Trace(clock);
        try {
            ServiceParts.OpenedProvider opened = parts.openProvider(config, engine);
            FaultTable faults = new FaultTable(clock, config.allowFaults() ? opened.volumes() : FaultVolumes.none());
            ChannelServer.Parts channel = new ChannelServer.Parts(
                    opened.provider(),
                    clock,
                    parts.events(),
                    faults,
                    trace,
                    BuildInfo.current().version(),
                    () -> Runtime.getRuntime().halt(ExitCode.FAILED.number()));
            try {
                return serve(config, stateDirectory, parts, channel, opened.end());
            } catch (IOException | ControlException e) {
                opened.end().run();
                throw e;
            }
        } catch (IOException e) {
            throw new ControlException(ErrorKind.FAILED, "cannot serve the VSS channel: " + e.getMessage(), e);
        }
    }

    private static VssService serve(
            VssConfig config,
            Path stateDirectory,
            ServiceParts parts,
            ChannelServer.Parts channel,
            Runnable endOfProvider)
            throws IOException, ControlException {
        AutoCloseableQuietly served;
        String address;
        if (config.overPipe()) {
            ChannelServer server =
                    ChannelServer.overTrusted(Platform.current().listenForShim(config.pipeName()), channel);
            served = server::close;
            address = server.address();
        } else {
            ChannelFile file = ChannelFile.serve(stateDirectory, parts.storage(), channel);
            served = file::close;
            address = file.server().address() + ", " + ChannelFile.path(stateDirectory);
        }
        return new VssService(channel.faults(), channel.trace(), config.allowFaults(), address, () -> {
            served.close();
            endOfProvider.run();
        });
    }

    /** Something that is closed without a complaint. */
    private interface AutoCloseableQuietly extends AutoCloseable {
        @Override
        void close();
    }

    /** Returns where the COM shim reaches it, for people. */
    String address() {
        return address;
    }

    @Override
    public FaultView addFault(String call, String action, int times, String volume) throws ControlException {
        if (!allowFaults) {
            throw new ControlException(
                    ErrorKind.REFUSED, "faults are not allowed; set allowFaults in the file of --vss, and start again");
        }
        try {
            return view(faults.add(call, action, times, volume));
        } catch (IllegalArgumentException e) {
            throw new ControlException(ErrorKind.INVALID, String.valueOf(e.getMessage()), e);
        } catch (IllegalStateException e) {
            throw new ControlException(ErrorKind.WRONG_STATE, String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public List<FaultView> faults() {
        return faults.list().stream().map(VssService::view).toList();
    }

    @Override
    public int clearFaults() {
        return faults.clear();
    }

    @Override
    public List<CallView> calls(long afterSequence) {
        return trace.list(afterSequence).stream().map(VssService::view).toList();
    }

    @Override
    public void clearCalls() {
        trace.clear();
    }

    private static FaultView view(FaultTable.Fault fault) {
        return new FaultView(
                fault.number(), fault.call(), fault.action(), fault.timesLeft(), fault.volume(), fault.until());
    }

    private static CallView view(Trace.Call call) {
        return new CallView(
                call.sequence(),
                call.began(),
                call.durationNanos(),
                call.peer(),
                call.object(),
                call.call(),
                call.arguments(),
                call.hresult(),
                call.result(),
                call.reason(),
                call.phase().name(),
                call.fault());
    }

    /** Ends every connection of the shim, which discards what is unfinished, and then the provider. */
    @Override
    public void close() {
        end.run();
    }
}
