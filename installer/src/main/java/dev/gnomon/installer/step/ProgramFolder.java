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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The program folder: complete, as the manifest says, and writable for nobody but SYSTEM and administrators, because SYSTEM runs what
 * lies in it.
 */
final class ProgramFolder implements Step {
    /** Written down if setup copied the files, so that they are its own to delete. */
    static final String COPIED = "copied";

    private static final String EXISTED = "existed";
    private static final String ACCESS = "accessList";
    private static final String MISSING = "missing";

    private final Layout layout;
    private final Folders folders;
    private final ComPlusRegistration registration;
    private final boolean copied;

    /**
     * Makes the step.
     *
     * @param copied whether an earlier run copied the files that are there
     */
    ProgramFolder(Layout layout, Folders folders, ComPlusRegistration registration, boolean copied) {
        this.layout = layout;
        this.folders = folders;
        this.registration = registration;
        this.copied = copied;
    }

    @Override
    public String name() {
        return "program-folder";
    }

    @Override
    public String describe() {
        return "put the program into " + layout.program()
                + " and close it to all writers but SYSTEM and administrators";
    }

    @Override
    public String kept() {
        return layout.inPlace() && !copied ? "setup did not put the files there; whoever did takes them away" : "";
    }

    @Override
    public Finding check() throws SetupException {
        if (!folders.isDirectory(layout.program())) {
            return Finding.absent("there is no folder " + layout.program());
        }
        Optional<Manifest> installed = Manifest.in(layout.program(), folders);
        if (installed.isEmpty()) {
            return layout.inPlace() || !folders.files(layout.program()).isEmpty()
                    ? Finding.broken(layout.program() + " has no " + Layout.MANIFEST)
                    : Finding.absent(layout.program() + " is empty");
        }
        if (!layout.inPlace() && !installed.get().equals(source())) {
            return Finding.broken("it holds the files of another package");
        }
        String differences = installed.get().differences(layout.program(), folders);
        if (!differences.isEmpty()) {
            return Finding.broken(differences);
        }
        var intruders = folders.intruders(layout.program(), Folders.Access.PROTECTED);
        if (!intruders.isEmpty()) {
            return Finding.broken("it can be written to by " + String.join(", ", intruders));
        }
        return Finding.present(installed.get().hashes().size() + " files as the manifest says, and it is protected");
    }

    private Manifest source() throws SetupException {
        return Manifest.in(layout.source(), folders)
                .orElseThrow(() -> new SetupException(
                        SetupException.Reason.WRONG_STATE,
                        layout.source() + " has no " + Layout.MANIFEST + ", so it is no package of Gnomon",
                        "run setup from the folder of the unpacked package"));
    }

    @Override
    public Memo remember() throws SetupException {
        Map<String, String> facts = new LinkedHashMap<>();
        boolean existed = folders.isDirectory(layout.program());
        facts.put(EXISTED, Memo.flag(existed));
        facts.put(COPIED, Memo.flag(!layout.inPlace()));
        facts.put(MISSING, String.join("\n", missing()));
        if (existed) {
            facts.put(ACCESS, folders.accessList(layout.program()));
        }
        return new Memo(facts);
    }

    /** Returns the folders above that are not there yet, the outermost first. */
    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (Path each = layout.program().getParent(); each != null && !folders.exists(each); each = each.getParent()) {
            missing.addFirst(each.toString());
        }
        return missing;
    }

    @Override
    public void apply() throws SetupException {
        Manifest manifest = source();
        if (layout.inPlace()) {
            requireWhole(manifest);
        } else {
            folders.create(layout.program(), Folders.Access.PROTECTED);
            // Closed before the first file: what is put into an open folder may have been changed since.
            folders.protect(layout.program(), Folders.Access.PROTECTED);
            for (String name : manifest.hashes().keySet()) {
                if (!manifest.matches(layout.program(), name, folders)) {
                    folders.copy(layout.source().resolve(name), layout.program().resolve(name));
                }
            }
            requireWhole(manifest);
            folders.copy(
                    layout.source().resolve(Layout.MANIFEST), layout.program().resolve(Layout.MANIFEST));
        }
        folders.protect(layout.program(), Folders.Access.PROTECTED);
    }

    private void requireWhole(Manifest manifest) throws SetupException {
        String differences = manifest.differences(layout.program(), folders);
        if (!differences.isEmpty()) {
            throw new SetupException(
                    SetupException.Reason.FAILED,
                    layout.program() + ": " + differences,
                    "unpack the package again, or run: msiexec /fa with the package that was installed");
        }
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        if (!folders.isDirectory(layout.program())) {
            return;
        }
        // VSS loads the DLL of a provider that it lists; without it every backup of the machine would stumble.
        registration.requireProviderGone();
        if (layout.inPlace() && !memo.is(COPIED)) {
            if (!memo.fact(ACCESS).isEmpty()) {
                folders.setAccessList(layout.program(), memo.fact(ACCESS));
            }
            return;
        }
        removeFiles(layout.program());
        if (memo.is(EXISTED) && folders.isDirectory(layout.program())) {
            folders.setAccessList(layout.program(), memo.fact(ACCESS));
        }
        for (String each : List.of(memo.fact(MISSING).split("\n", -1)).reversed()) {
            if (!each.isEmpty()) {
                folders.deleteEmptyDirectories(Path.of(each));
            }
        }
    }

    private void removeFiles(Path program) throws SetupException {
        Optional<Manifest> installed = Manifest.in(program, folders);
        // Copying was not finished: then the files are those of the source.
        Manifest files = installed.isPresent() ? installed.get() : source();
        for (String name : files.hashes().keySet()) {
            // What is in use, such as the runtime that runs this, goes when Windows starts the next time.
            folders.delete(program.resolve(name));
        }
        folders.deleteTree(layout.staged());
        folders.deleteTree(layout.previous());
        folders.delete(program.resolve(Layout.MANIFEST));
        folders.deleteEmptyDirectories(program);
    }
}
