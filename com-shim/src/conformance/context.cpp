// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "context"

#include "rig.h"

namespace gnomon::conformance {
namespace {

constexpr LONG ALL = static_cast<LONG>(VSS_CTX_ALL);

std::string hex(LONG value) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%lX", static_cast<unsigned long>(value));
  return text;
}

}  // namespace

ASSERTION(8, "without SetContext an object works in VSS_CTX_BACKUP") {
  Provider maker = rig.activate();
  Set backup = rig.create(maker, {&rig.V()}, VSS_CTX_BACKUP);
  Set rollback = rig.create(maker, {&rig.V()}, VSS_CTX_APP_ROLLBACK);
  Provider fresh = rig.activate();
  std::vector<Props> listed = fresh.list();
  expectEqual("snapshots that an object without SetContext lists", size_t{1}, listed.size());
  expectEqual("the snapshot that it lists", backup.snapshots[0], listed[0]->m_SnapshotId);
}

ASSERTION(9, "SetContext takes every context, and the same again") {
  for (LONG context : {0x0L, 0x10L, 0x19L, 0x9L, ALL}) {
    Provider provider = rig.activate();
    expectHr("SetContext(" + hex(context) + ")", S_OK, provider.setContext(context));
    expectHr("SetContext(" + hex(context) + ") again", S_OK, provider.setContext(context));
  }
}

ASSERTION(10, "the context is frozen from EndPrepareSnapshots to PostCommitSnapshots") {
  Provider provider = rig.activate();
  Set set = rig.reach(provider, {&rig.V()}, Step::PREPARED);
  for (Step step : {Step::PREPARED, Step::PRECOMMITTED, Step::COMMITTED}) {
    rig.advance(provider, set, step);
    expectHr(std::string("SetContext(0x9) in ") + nameOf(step), VSS_E_BAD_STATE, provider.setContext(VSS_CTX_APP_ROLLBACK));
    expectHr(std::string("SetContext of the same value in ") + nameOf(step), S_OK, provider.setContext(VSS_CTX_BACKUP));
  }
  rig.advance(provider, set, Step::POSTCOMMITTED);
  expectHr("SetContext(0x9) after PostCommit", S_OK, provider.setContext(VSS_CTX_APP_ROLLBACK));
  rig.advance(provider, set, Step::CREATED);
}

ASSERTION(11, "a stale set that is PREPARING does not freeze the context") {
  Provider provider = rig.activate();
  rig.begin(provider, {&rig.V()});
  expectHr("SetContext(0x9)", S_OK, provider.setContext(VSS_CTX_APP_ROLLBACK));
}

ASSERTION(12, "BeginPrepareSnapshot refuses contexts that cannot be honoured") {
  for (LONG context : {ALL, 0x1DL, 0x0DL, 0x20L, 0x40000L, 0x10000L, 0x4000000L, static_cast<LONG>(0x80000000), 0x1L, 0x8L, 0x60000L}) {
    Provider provider = rig.activate();
    VSS_ID set = newId();
    expectHr("BeginPrepareSnapshot with context " + hex(context), VSS_E_UNSUPPORTED_CONTEXT,
             provider.begin(set, newId(), rig.V().guidPath, context));
    expectHr("EndPrepareSnapshots of the set that context " + hex(context) + " must not make", VSS_E_OBJECT_NOT_FOUND, provider.end(set));
  }
}

ASSERTION(13, "BeginPrepareSnapshot takes the contexts of the contract") {
  for (LONG context : {0x0L, 0x10L, 0x19L, 0x9L, 0x9L | 0x2L, 0x20000L, 0x400000L, 0x800000L, 0x9L | 0x2L | 0x2000000L}) {
    Provider provider = rig.activate();
    VSS_ID set = newId();
    expectHr("BeginPrepareSnapshot with context " + hex(context), S_OK, provider.begin(set, newId(), rig.V().guidPath, context));
    expectHr("AbortSnapshots", S_OK, provider.abort(set));
  }
}

ASSERTION(14, "a context that cannot be honoured makes IsVolumeSupported FALSE") {
  Provider provider = rig.activate();
  expectHr("SetContext(0x1D)", S_OK, provider.setContext(VSS_CTX_CLIENT_ACCESSIBLE));
  BOOL supported = TRUE;
  expectHr("IsVolumeSupported", S_OK, provider.supported(rig.V().guidPath, &supported));
  check("the volume is not supported in that context", supported == FALSE);
}

}  // namespace gnomon::conformance
