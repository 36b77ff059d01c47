/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Folders;
import java.util.Optional;

/** The files of the new version beside the old ones, complete before anything is stopped: copying takes the longest. */
final class StagedFiles implements Step {
    private final Layout layout;
    private final Folders folders;

    StagedFiles(Layout layout, Folders folders) {
        this.layout = layout;
        this.folders = folders;
    }

    @Override
    public String name() {
        return "staged-files";
    }

    @Override
    public String describe() {
        return "copy the files of the new version to " + layout.staged();
    }

    private Manifest source() throws SetupException {
        return Manifest.in(layout.source(), folders)
                .orElseThrow(() -> SetupException.failed(
                        layout.source() + " has no " + Layout.MANIFEST + ", so it is no package of Gnomon"));
    }

    @Override
    public Finding check() throws SetupException {
        if (layout.inPlace()) {
            throw new SetupException(
                    SetupException.Reason.USAGE,
                    layout.source() + " is the program folder itself; an upgrade needs the folder of the new package",
                    "unpack the new version elsewhere and run its setup from there");
        }
        Optional<Manifest> staged = Manifest.in(layout.staged(), folders);
        if (staged.isPresent() && staged.get().equals(source())) {
            return Finding.present("they are there");
        }
        return folders.files(layout.staged()).isEmpty()
                ? Finding.absent("they are not there yet")
                : Finding.broken("some are there");
    }

    @Override
    public void apply() throws SetupException {
        Manifest manifest = source();
        folders.deleteTree(layout.staged());
        for (String name : manifest.hashes().keySet()) {
            // What both versions have stays where it is: a runtime is most of the bytes.
            if (!manifest.matches(layout.program(), name, folders)) {
                folders.copy(layout.source().resolve(name), layout.staged().resolve(name));
                if (!manifest.matches(layout.staged(), name, folders)) {
                    throw SetupException.failed(layout.source().resolve(name) + " is not what the manifest says");
                }
            }
        }
        folders.copy(layout.source().resolve(Layout.MANIFEST), layout.staged().resolve(Layout.MANIFEST));
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        folders.deleteTree(layout.staged());
    }
}
