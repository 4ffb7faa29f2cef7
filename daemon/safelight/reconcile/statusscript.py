"""Style and script of `library/_status.html` (see `statuspage`). Two constants, no logic of ours.

The script runs in two places. In the hidden frame (its window bears the random name that the page chose) it posts token
and content to its parent and does nothing else. In the page it judges: green after a new token, red after 60 s of
watched time without one, amber until one of both; each step of watched time counts 10 s at most, so that a laptop that
slept does not wake red. Only the very first colour looks at the viewer's clock.
"""

STYLE = """
:root{--paper:#f6f4ef;--ink:#1d1c1a;--soft:#6a665e;--line:#ddd8cc;--tile:#fff;--tint:#1f6f43;--text:#fff}
@media(prefers-color-scheme:dark){:root{--paper:#171614;--ink:#f1eee7;--soft:#a39d91;--line:#36332d;--tile:#232120}}
[data-state=look]{--tint:#8a5a00}[data-state=old]{--tint:#b3261e}[data-state=off]{--tint:#55585c}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
header{background:var(--tint);color:var(--text);display:flex;gap:1rem;align-items:flex-start;
padding:1.6rem max(1.2rem,calc(50vw - 30rem))}
.lamp{flex:none;width:1.5rem;height:1.5rem;margin-top:.35rem;border-radius:50%;background:#fff;
box-shadow:0 0 0 .3rem #ffffff45}
[data-state=on] .lamp{animation:breath 4s ease-in-out infinite}
[data-state=off] .lamp,[data-state=old] .lamp{background:none;border:.25rem solid #fff;box-shadow:none}
@keyframes breath{50%{box-shadow:0 0 0 .5rem #ffffff15}}
@media(prefers-reduced-motion:reduce){.lamp{animation:none!important}}
h1{font-size:1.5rem;line-height:1.3;margin:0;text-wrap:balance}
h1 span{display:none}
[data-state=on] .on,[data-state=look] .look,[data-state=old] .old,[data-state=off] .off{display:inline}
#sign{margin:.3rem 0 0;min-height:1.5em;font-variant-numeric:tabular-nums}
section,noscript p{margin:0 auto;max-width:60rem;padding:1.6rem 0 0}
section,noscript p{width:calc(100% - 2.4rem)}
h2{font-size:1.15rem;margin:0 0 .5rem}
h2 b{display:inline-block;min-width:1.7em;padding:0 .5em;border-radius:1em;background:#b3261e;color:#fff;
text-align:center;font-size:.9em}
section p{margin:0 0 .8rem;color:var(--soft)}
section p a{color:inherit}
.bad{color:var(--ink)}p.in{padding-left:1.2rem}
p.bad:not(.in){font-weight:600}
.pair p{margin:0 0 .4rem}
.cards{list-style:none;margin:0 0 .8rem;padding:0;display:grid;gap:.8rem;
grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr))}
.cards a,.cards li>i+span{color:inherit;text-decoration:none}
.cards a{display:block;height:100%;background:var(--tile);border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
.cards a:hover,.cards a:focus-visible{border-color:var(--ink)}
.cards img,.cards .none{display:block;width:100%;aspect-ratio:3/2;object-fit:cover;background:var(--line)}
.cards .none{display:grid;place-items:center;font:600 2rem/1 system-ui,sans-serif;color:var(--soft)}
.cards span{display:block;padding:.4rem .6rem .5rem;font-size:.85rem;line-height:1.35;overflow-wrap:anywhere}
.pair{display:grid;width:calc(100% - 2.4rem);max-width:60rem;margin:0 auto;padding-bottom:2.5rem}
.pair section{width:100%}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:400;text-align:left}td{text-align:right}
th,td{padding:.4rem 0;border-bottom:1px solid var(--line)}
.zero{color:var(--soft)}
tfoot th,tfoot td{font-weight:700;border-bottom:0;border-top:2px solid var(--ink)}
.go{display:block;padding:.7rem 1rem;margin-bottom:.7rem;background:var(--tile);border:1px solid var(--line);
border-radius:.5rem;color:inherit;text-decoration:none;font-weight:600}
.go:hover,.go:focus-visible{border-color:var(--ink)}
.go::after{content:"\\203a";float:right}
iframe{display:none}
@media(min-width:48rem){.pair{grid-template-columns:1.3fr 1fr;gap:3rem}
.pair section:only-child{grid-column:1/-1;max-width:30rem;margin-left:0}
.cards{grid-template-columns:repeat(5,1fr)}h1{font-size:1.8rem}.lamp{margin-top:.55rem}}
@media print{iframe{display:none}}
"""

SCRIPT = """
(function(){
"use strict";
var root=document.documentElement,body=document.body,main=document.querySelector("main");
var now={key:window.name,token:body.dataset.token,run:body.dataset.run,lang:root.lang,html:main.innerHTML};
if(window.parent!==window){
  if(/^safelight-/.test(window.name))window.parent.postMessage(now,"*");
  return;
}
var LONG=60000,STEP=10000,quiet=0,last=performance.now(),fresh=false,frame=null,key="",count=0;
var age=Math.abs(Date.now()-Date.parse(now.token)),fits=age<=LONG;
function ago(ms){
  var s=Math.round(ms/1000);
  if(s<90)return s+"\\u00a0s";
  if(s<5400)return Math.round(s/60)+"\\u00a0min";
  return Math.round(s/3600)+"\\u00a0h";
}
function at(){
  var day=new Date(now.token),today=day.toDateString()===new Date().toDateString();
  var form={hour:"2-digit",minute:"2-digit",second:"2-digit"};
  if(!today){form.day="numeric";form.month="long"}
  var said=day.toLocaleString(root.lang==="fr"?"fr-FR":"en-GB",form);
  return root.lang==="fr"?(today?"à ":"le ")+said:(today?"at ":"on ")+said;
}
function since(){return at().replace(/^(at|on|à) /,"")}
function show(){
  var state=now.run!=="yes"?"off":quiet>=LONG?"old":fresh||fits?"on":"look";
  var sign=document.getElementById("sign");
  var form=state==="off"?"since":state==="old"?"quiet":fresh?"seen":"written";
  var words=sign.dataset[form].replace("{ago}",ago(quiet)).replace("{at}",state==="off"?since():at());
  if(sign.textContent!==words)sign.textContent=words;
  if(root.dataset.state!==state)root.dataset.state=state;
  var title=document.querySelector("h1 ."+state).textContent;
  if(document.title!==title)document.title=title;
}
function tick(){
  var t=performance.now();
  quiet+=Math.min(t-last,STEP);
  last=t;
  show();
}
function ask(){
  if(frame)frame.remove();
  key="safelight-"+Math.random().toString(36).slice(2);
  frame=document.createElement("iframe");
  frame.name=key;frame.title="";frame.setAttribute("aria-hidden","true");frame.tabIndex=-1;
  frame.src=location.href.split(/[?#]/)[0]+"?n="+(++count);
  body.appendChild(frame);
}
window.addEventListener("message",function(event){
  var said=event.data;
  if(!frame||event.source!==frame.contentWindow||!said||said.key!==key||said.token===now.token)return;
  if(said.html!==now.html)main.innerHTML=said.html;
  now=said;root.lang=said.lang;quiet=0;fresh=true;last=performance.now();
  show();
});
show();ask();setInterval(tick,1000);setInterval(ask,5000);
})();
"""
