/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.control.Json;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Folders;
import dev.gnomon.installer.port.Machine;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * The state folder: volumes, shadow copies and the configuration of the VSS provider. SYSTEM and administrators only. An uninstall
 * keeps it unless told otherwise.
 */
final class StateFolder implements Step {
    private static final String MADE_SERVICE = "madeService";
    private static final String MADE_CONFIGURATION = "madeConfiguration";
    private static final String ACCESS = "accessList";

    private final Layout layout;
    private final Folders folders;
    private final Machine machine;
    private final boolean allowSystemVolume;
    private final boolean removeData;

    StateFolder(Layout layout, Folders folders, Machine machine, boolean allowSystemVolume, boolean removeData) {
        this.layout = layout;
        this.folders = folders;
        this.machine = machine;
        this.allowSystemVolume = allowSystemVolume;
        this.removeData = removeData;
    }

    @Override
    public String name() {
        return "state-folder";
    }

    @Override
    public String describe() {
        return "make the state folder " + layout.state() + " for SYSTEM and administrators only";
    }

    @Override
    public String kept() {
        return removeData ? "" : "volumes and shadow copies stay in " + layout.state() + "; --remove-data deletes them";
    }

    @Override
    public Finding check() throws SetupException {
        boolean service = folders.isDirectory(layout.serviceState());
        boolean configuration = folders.exists(layout.vssConfiguration());
        if (!service && !configuration) {
            return Finding.absent("there is no state in " + layout.state());
        }
        if (!service || !configuration) {
            return Finding.broken((service ? layout.vssConfiguration() : layout.serviceState()) + " is missing");
        }
        List<String> intruders = folders.intruders(layout.state(), Folders.Access.PRIVATE);
        return intruders.isEmpty()
                ? Finding.present(layout.state() + " is there, for SYSTEM and administrators only")
                : Finding.broken(layout.state() + " lets in " + String.join(", ", intruders));
    }

    @Override
    public Memo remember() throws SetupException {
        return new Memo(Map.of(
                MADE_SERVICE,
                Memo.flag(!folders.exists(layout.serviceState())),
                MADE_CONFIGURATION,
                Memo.flag(!folders.exists(layout.vssConfiguration())),
                ACCESS,
                folders.isDirectory(layout.state()) ? folders.accessList(layout.state()) : ""));
    }

    @Override
    public void apply() throws SetupException {
        folders.create(layout.state(), Folders.Access.PRIVATE);
        folders.protect(layout.state(), Folders.Access.PRIVATE);
        folders.create(layout.serviceState(), Folders.Access.PRIVATE);
        if (!folders.exists(layout.vssConfiguration())) {
            folders.write(layout.vssConfiguration(), configuration());
        }
    }

    /** A provider that supports no volume yet: the operator adds them (docs/vss-testing.md, "Configuration"). */
    private byte[] configuration() {
        ObjectNode json = Json.object()
                .put("schemaVersion", 1)
                .put("channel", "pipe")
                .put("machineName", machine.name())
                .put("allowSystemVolume", allowSystemVolume);
        json.putArray("volumes");
        json.putObject("surface").put("kind", "none");
        return (Json.toPrettyText(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        switch (why) {
            case ROLLBACK, LATE_ROLLBACK -> {
                if (why == Undo.LATE_ROLLBACK && folders.isDirectory(layout.serviceState())) {
                    return;
                }
                if (memo.is(MADE_SERVICE)) {
                    folders.deleteTree(layout.serviceState());
                    folders.deleteTree(layout.serviceLog());
                }
                if (memo.is(MADE_CONFIGURATION)) {
                    folders.delete(layout.vssConfiguration());
                }
                if (!memo.fact(ACCESS).isEmpty() && folders.isDirectory(layout.state())) {
                    folders.setAccessList(layout.state(), memo.fact(ACCESS));
                }
            }
            case UNINSTALL -> {
                if (removeData) {
                    removeAllButSetup();
                }
            }
        }
    }

    /** The journal goes last, when nothing is left to be done. */
    private void removeAllButSetup() throws SetupException {
        for (Path file : folders.files(layout.state())) {
            if (!file.startsWith(layout.setup()) && !folders.delete(file)) {
                throw new SetupException(
                        SetupException.Reason.FAILED,
                        file + " is in use; it goes when Windows starts the next time",
                        "restart Windows, then run uninstall again");
            }
        }
        folders.deleteEmptyDirectories(layout.state());
    }
}
