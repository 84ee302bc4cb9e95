/** Most work has settled long before: a timer that is put off costs a fraction of one that is aborted. */
export async function settleWithin(work: Promise<unknown>, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise((resolve) => {
    timer = setTimeout(resolve, deadlineMs)
  })
  await Promise.race([work, deadline]).finally(() => clearTimeout(timer))
}
