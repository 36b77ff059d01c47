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
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The files of the new version in the place of the old ones, by renames. A DLL that is still loaded can be renamed, but not replaced,
 * so the old files go to a folder beside, from where they can come back.
 */
final class SwappedFiles implements Step {
    private static final String NEW_MANIFEST = "new-" + Layout.MANIFEST;

    private final Layout layout;
    private final Folders folders;

    SwappedFiles(Layout layout, Folders folders) {
        this.layout = layout;
        this.folders = folders;
    }

    @Override
    public String name() {
        return "swapped-files";
    }

    @Override
    public String describe() {
        return "put the files of the new version in the place of the old ones";
    }

    @Override
    public Finding check() throws SetupException {
        Optional<Manifest> source = Manifest.in(layout.source(), folders);
        Optional<Manifest> program = Manifest.in(layout.program(), folders);
        if (source.isPresent() && source.equals(program)) {
            String differences = source.get().differences(layout.program(), folders);
            return differences.isEmpty() ? Finding.present("they are in place") : Finding.broken(differences);
        }
        return folders.exists(layout.previous().resolve(NEW_MANIFEST))
                ? Finding.broken("some are in place")
                : Finding.absent("the old ones are in place");
    }

    @Override
    public void apply() throws SetupException {
        Path program = layout.program();
        Path previous = layout.previous();
        Path staged = layout.staged();
        Manifest incoming = Manifest.in(staged, folders)
                .orElseThrow(() -> SetupException.failed(staged + " has no " + Layout.MANIFEST));
        // Both lists first: with them a half-done swap can be undone.
        folders.copy(program.resolve(Layout.MANIFEST), previous.resolve(Layout.MANIFEST));
        folders.copy(staged.resolve(Layout.MANIFEST), previous.resolve(NEW_MANIFEST));
        Manifest outgoing = Manifest.in(previous, folders).orElse(new Manifest(Map.of()));
        for (Map.Entry<String, String> each : outgoing.hashes().entrySet()) {
            String name = each.getKey();
            if (!each.getValue().equals(incoming.hashes().get(name)) && folders.exists(program.resolve(name))) {
                folders.move(program.resolve(name), previous.resolve(name));
            }
        }
        for (String name : incoming.hashes().keySet()) {
            if (folders.exists(staged.resolve(name))) {
                folders.move(staged.resolve(name), program.resolve(name));
            }
        }
        folders.move(staged.resolve(Layout.MANIFEST), program.resolve(Layout.MANIFEST));
        folders.deleteEmptyDirectories(staged);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        Path program = layout.program();
        Path previous = layout.previous();
        Optional<Manifest> outgoing = Manifest.in(previous, folders);
        Optional<Manifest> incoming = Manifest.of(previous.resolve(NEW_MANIFEST), folders);
        if (outgoing.isEmpty() || incoming.isEmpty()) {
            folders.deleteTree(previous);
            return;
        }
        for (String name : incoming.get().hashes().keySet()) {
            if (!outgoing.get().hashes().containsKey(name)) {
                folders.delete(program.resolve(name));
            }
        }
        for (String name : outgoing.get().hashes().keySet()) {
            if (folders.exists(previous.resolve(name))) {
                folders.move(previous.resolve(name), program.resolve(name));
            }
        }
        folders.copy(previous.resolve(Layout.MANIFEST), program.resolve(Layout.MANIFEST));
        folders.deleteTree(previous);
        folders.deleteEmptyDirectories(program);
    }
}
